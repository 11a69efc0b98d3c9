/** Writes data to stdout. */
export const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Writes one JSON value to stdout, on one line. */
export const printJson = (value: unknown): void => {
  print(JSON.stringify(value));
};

/** Writes what a command found: one JSON value where that is asked for, else a text. */
export const tell = ({ json }: { json?: boolean }, value: unknown, text: () => string): void => {
  if (json === true) printJson(value);
  else print(text());
};

/** Tells the user something, on stderr. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const colour = process.stderr.isTTY && process.env['NO_COLOR'] === undefined;
const paint = (code: string) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');

const DEFAULT_WIDTH = 80;

/** Columns of the terminal; 80 when there is none. */
export const terminalWidth = (): number => process.stdout.columns || DEFAULT_WIDTH;

/** One line of at most `width` columns. */
export const fit = (text: string, width: number): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
};

/** `1,234` */
export const count = (value: number): string => value.toLocaleString('en-US');

/** `2026-03-01 12:00`, in UTC, of an ISO 8601 time. */
export const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** Rows as aligned columns; the last one takes the rest of the line. */
export const table = (header: string[], rows: string[][]): string => {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const render = (row: string[]): string =>
    fitEnd(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [header, ...rows].map(render).join('\n');
};

const fitEnd = (line: string): string => {
  const width = terminalWidth();
  const trimmed = line.trimEnd();
  return trimmed.length <= width ? trimmed : `${trimmed.slice(0, width - 1)}…`;
};
