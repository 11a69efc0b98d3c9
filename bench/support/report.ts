import { cpus } from 'node:os';

/** One measured case; figures carry their unit in the key: `importMs`. */
export type Row = { case: string; system: string } & Record<string, string | number>;

/** A figure that must stay on its side of a bound. */
export interface Bar {
  name: string;
  value: number;
  /** How value and bound must relate. */
  relation: '<' | '<=' | '>=';
  bound: number;
  ok: boolean;
}

/** What a benchmark found. */
export interface Report {
  name: string;
  machine: string;
  rows: Row[];
  bars: Bar[];
}

/** The machine in one line: processor, cores, system and Node. */
export const machine = (): string => {
  const [cpu] = cpus();
  const model = cpu?.model.trim() ?? 'unknown processor';
  return `${model}, ${String(cpus().length)} cores, ${process.platform} ${process.arch}, node ${process.version}`;
};

/** A bar that holds while `value` is below `bound`. */
export const below = (name: string, value: number, bound: number): Bar => ({
  name,
  value,
  relation: '<',
  bound,
  ok: value < bound,
});

/** A bar that holds up to and at `bound`. */
export const atMost = (name: string, value: number, bound: number): Bar => ({
  name,
  value,
  relation: '<=',
  bound,
  ok: value <= bound,
});

/** A bar that holds from `bound` on. */
export const atLeast = (name: string, value: number, bound: number): Bar => ({
  name,
  value,
  relation: '>=',
  bound,
  ok: value >= bound,
});

/** The middle value; of an even number the lower of the two in the middle. */
export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
};

/** Three significant digits. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

const tableOf = (rows: Record<string, string | number>[]): string => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? '')))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

// Rows with the same figures make one table: no column is empty in most of its rows.
const tablesOf = (rows: Row[]): string[] =>
  [...Map.groupBy(rows, (row) => Object.keys(row).join()).values()].map(tableOf);

/** A report for people. */
export const renderReport = ({ name, machine: where, rows, bars }: Report): string => {
  const verdicts = bars.map((bar) => ({
    bar: bar.name,
    value: bar.value,
    bound: `${bar.relation} ${String(bar.bound)}`,
    verdict: bar.ok ? 'holds' : 'FAILS',
  }));
  return [`${name}, on ${where}`, ...tablesOf(rows), tableOf(verdicts)].join('\n\n');
};
