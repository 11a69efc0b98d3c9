import type { Line } from './read-lines.ts';

const QUOTE = 34;
const DELIMITERS = [',', ';', '\t'];

/** One row of a CSV file as bytes; without them when it was too long to keep. */
export interface Row {
  /** Line on which it begins, from 1. */
  line: number;
  sizeBytes: number;
  bytes?: Uint8Array;
}

const isOdd = (bytes: Uint8Array): boolean => {
  let odd = false;
  for (const byte of bytes) if (byte === QUOTE) odd = !odd;
  return odd;
};

/** Rows that are being joined from their lines. */
class OpenRow {
  #pieces: Uint8Array[] = [];
  #sizeBytes = 0;
  #line = 0;
  isQuoted = false;

  add({ number, sizeBytes, bytes }: Line, maxBytes: number): void {
    if (this.#line === 0) this.#line = number;
    this.#sizeBytes += sizeBytes + 1;
    if (bytes === undefined || this.#sizeBytes > maxBytes + 1) {
      // Nobody knows where a row ends that is not kept: it ends here.
      this.#pieces = [];
      this.isQuoted = false;
      return;
    }
    this.#pieces.push(bytes, Buffer.from('\n'));
    if (isOdd(bytes)) this.isQuoted = !this.isQuoted;
  }

  take(): Row {
    const row = { line: this.#line, sizeBytes: this.#sizeBytes - 1 };
    const kept = this.#pieces.length === 0 ? {} : { bytes: Buffer.concat(this.#pieces.slice(0, -1)) };
    this.#pieces = [];
    this.#sizeBytes = 0;
    this.#line = 0;
    return { ...row, ...kept };
  }

  get isEmpty(): boolean {
    return this.#line === 0;
  }
}

/** Joins the lines of a CSV file (RFC 4180) to rows: a quoted field may have line breaks. */
export async function* joinRows(lines: AsyncIterable<Line>, maxBytes: number): AsyncGenerator<Row> {
  const open = new OpenRow();
  for await (const line of lines) {
    open.add(line, maxBytes);
    if (!open.isQuoted) yield open.take();
  }
  if (!open.isEmpty) yield open.take();
}

const unquoted = (field: string): string => {
  const trimmed = field.trim();
  if (!trimmed.startsWith('"')) return trimmed;
  const inner = trimmed.endsWith('"') && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed.slice(1);
  return inner.replaceAll('""', '"');
};

/** The fields of a row. */
export const splitRow = (row: string, delimiter: string): string[] => {
  const fields: string[] = [];
  let start = 0;
  let isQuoted = false;
  const text = row.replace(/\r$/, '');
  for (let at = 0; at <= text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    if (at < text.length && (character !== delimiter || isQuoted)) continue;
    fields.push(unquoted(text.slice(start, at)));
    start = at + 1;
  }
  return fields;
};

/** The delimiter of a header: the one it has most of, a comma among equals. */
export const delimiterOf = (header: string): string => {
  const counts = DELIMITERS.map((delimiter) => splitRow(header, delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
};
