import { monthlyCost } from './monthly-cost.ts';
import { PEERS } from './peers.ts';
import type { Prices } from './prices.ts';
import { USAGE, type Usage } from './usage.ts';

const VECTORS = [100_000, 1_000_000, 10_000_000];
const QUERIES = [10_000, 1_000_000];

/** `12.30`; whole dollars from 100 on. */
export const dollars = (usd: number): string =>
  usd >= 100 ? Math.round(usd).toLocaleString('en-US') : usd.toFixed(2);

/** Header and rows of the comparison: a row a load, a column a system, in USD a month. */
export const costTable = (prices: Prices, use: Usage): { header: string[]; rows: string[][] } => {
  const header = ['VECTORS', 'QUERIES', 'Alluvium', ...PEERS.map(({ name }) => name)];
  const rows = VECTORS.flatMap((vectors) =>
    QUERIES.map((queries) => {
      const load = { documents: vectors / use.vectorsPerDocument, queries };
      const all = [monthlyCost(load, prices, use).totalUsd, ...PEERS.map(({ usd }) => usd(load, use))];
      return [vectors.toLocaleString('en-US'), queries.toLocaleString('en-US'), ...all.map(dollars)];
    }),
  );
  return { header, rows };
};

const markdown = (header: readonly string[], rows: readonly string[][]): string => {
  const widths = header.map((name, at) =>
    Math.max(3, name.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const render = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [render(header), render(widths.map((width) => '-'.repeat(width))), ...rows.map(render)].join('\n');
};

/** The comparison, the prices of the others and the coefficients, as docs/cost.md shows them. */
export const costMarkdown = (prices: Prices, use: Usage): string => {
  const { header, rows } = costTable(prices, use);
  const peers = PEERS.map(({ name, how, source, date }) => [name, how, source, date]);
  const coefficients = Object.entries(USAGE).map(([name, { value, unit, source }]) => [
    ...[`\`${name}\``, `${value.toLocaleString('en-US')} ${unit}`, source],
  ]);
  return [
    markdown(header, rows),
    markdown(['system', 'list prices in USD', 'to check at', 'noted'], peers),
    markdown(['coefficient', 'value', 'where from'], coefficients),
  ].join('\n\n');
};
