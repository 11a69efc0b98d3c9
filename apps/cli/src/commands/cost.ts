import type { Command } from 'commander';
import { CliError, exitCodes } from '../cli-error.ts';
import { costMarkdown, costTable, dollars } from '../cost/cost-table.ts';
import { monthlyCost } from '../cost/monthly-cost.ts';
import { PEERS } from '../cost/peers.ts';
import { PRICES, type Prices } from '../cost/prices.ts';
import { usage } from '../cost/usage.ts';
import { wholeNumber } from '../number-option.ts';
import { count, dim, print, say, table, tell } from '../output.ts';

interface Options {
  documents: string;
  queries: string;
  region: string;
  table?: boolean;
  markdown?: boolean;
  json?: boolean;
}

const pricesOf = (region: string): Prices => {
  const found = PRICES.find((prices) => prices.region === region);
  if (found !== undefined) return found;
  const known = PRICES.map((prices) => prices.region).join(', ');
  throw new CliError(`No prices are known for ${region}.`, exitCodes.usage, `Known: ${known}`);
};

const compare = (prices: Prices, { markdown, json }: Options): void => {
  if (markdown === true) {
    print(costMarkdown(prices, usage()));
    return;
  }
  const { header, rows } = costTable(prices, usage());
  tell({ json: json === true }, { header, rows }, () => table(header, rows));
};

const run = (options: Options): void => {
  const prices = pricesOf(options.region);
  if (options.table === true || options.markdown === true) {
    compare(prices, options);
    return;
  }
  const load = {
    documents: wholeNumber('--documents', options.documents, { least: 0 }),
    queries: wholeNumber('--queries', options.queries, { least: 0 }),
  };
  const cost = monthlyCost(load, prices, usage());
  const peers = PEERS.map(({ name, usd, how, source }) => ({ name, usd: usd(load, usage()), how, source }));
  const { region, date, source } = prices;
  tell(options, { ...load, region, date, source, ...cost, peers }, () =>
    [
      table(
        ['PART', 'USD', 'OF'],
        cost.lines.map(({ name, usd, quantity, unit }) => [
          ...[name, dollars(usd), `${count(Number(quantity.toPrecision(3)))} ${unit}`],
        ]),
      ),
      `\nAlluvium, a month: ${dollars(cost.totalUsd)} USD\n`,
      table(
        ['BY LIST PRICES', 'USD'],
        peers.map(({ name, usd }) => [name, dollars(usd)]),
      ),
    ].join('\n'),
  );
  if (options.json !== true)
    say(dim(`An estimate by list prices noted ${date} for ${region}: check them. How: docs/cost.md`));
};

/** `alluvium cost` */
export const addCost = (program: Command): void => {
  program
    .command('cost')
    .summary('what a month would cost, beside other systems')
    .description(
      'Multiplies what documents and queries use with list prices.\n\nExamples:\n' +
        '  alluvium cost --documents 250000 --queries 1000000\n  alluvium cost --table --markdown',
    )
    .option('--documents <number>', 'documents kept', '25000')
    .option('--queries <number>', 'queries a month', '10000')
    .option('--region <region>', 'whose prices', 'us-east-1')
    .option('--table', 'compare 100k to 10M vectors with other systems')
    .option('--markdown', 'the table, as docs/cost.md has it')
    .option('--json', 'print one JSON object')
    .action(run);
};
