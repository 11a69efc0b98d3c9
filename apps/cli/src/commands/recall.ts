import type { Recall, RecallCost, RecallReport } from '@alluvium/vector-store';
import type { Command } from 'commander';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect } from '../connection.ts';
import { wholeNumber } from '../number-option.ts';
import { openCollection } from '../exchange/open-collection.ts';
import { count, table, tell } from '../output.ts';
import { showProgress } from '../progress.ts';

const STAGE = 'queries';
const MOST_SAMPLES = 100_000;
const MOST_RESULTS = 1000;
const RECALLS: Record<string, Recall> = { '0.95': 0.95, '0.99': 0.99, exact: 'exact' };

interface Options {
  collection: string;
  samples: string;
  k: string;
  recall: string;
  seed: string;
  json?: boolean;
}

const recallOf = (text: string): Recall => {
  const recall = RECALLS[text];
  if (recall !== undefined) return recall;
  throw new CliError(`--recall is 0.95, 0.99 or exact, not ${text}.`, exitCodes.usage);
};

const rowOf = (name: string, { medianMs, p95Ms, meanBytes, meanRequests }: RecallCost): string[] => [
  name,
  medianMs.toFixed(1),
  p95Ms.toFixed(1),
  count(Math.round(meanBytes)),
  meanRequests.toFixed(1),
];

const worstLine = ({ worst, k }: RecallReport): string => {
  if (!worst || worst.recall === 1) return 'Every query found all of its nearest chunks.';
  const missed = worst.missed.length === 1 ? 'one' : count(worst.missed.length);
  return `The worst query, ${worst.query}, missed ${missed} of its ${k} nearest chunks.`;
};

const render = (report: RecallReport): string => {
  const { recall, interval, queries, k, asked, chunks, version, ways } = report;
  const searched = Object.entries(ways).map(([way, times]) => `${way} ${count(times)}`);
  return [
    `recall@${k} is ${recall.toFixed(4)} (95 % interval ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}), asked was ${asked}.`,
    `${count(queries)} queries on ${count(chunks)} chunks of snapshot ${version}; segments searched: ${searched.join(', ')}.`,
    worstLine(report),
    '',
    table(
      ['search', 'p50 ms', 'p95 ms', 'bytes', 'requests'],
      [rowOf('planned', report.planned), rowOf('exact', report.exact)],
    ),
  ].join('\n');
};

const run = async (options: Options): Promise<void> => {
  const { collection } = options;
  assertName('collection', collection);
  const samples = wholeNumber('--samples', options.samples, { most: MOST_SAMPLES });
  const k = wholeNumber('-k', options.k, { most: MOST_RESULTS });
  const seed = wholeNumber('--seed', options.seed, { most: 2 ** 31 });
  const recall = recallOf(options.recall);
  const snapshot = await openCollection(connect(), collection);
  const { measureRecall } = await import('@alluvium/vector-store');
  const progress = showProgress([STAGE]);
  const onQuery = (done: number, total: number): void => {
    progress.update(STAGE, done, total);
  };
  const report = await measureRecall(snapshot, { samples, k, seed, recall, onQuery }).finally(() => {
    progress.stop();
  });
  tell(options, { collection, ...report }, () => render(report));
};

/** `alluvium recall` */
export const addRecall = (program: Command): void => {
  program
    .command('recall')
    .summary('measure how much of the truth a search finds')
    .description(
      'Compares planned searches with exact ones, for chunks chosen by\nchance: the share of the nearest chunks that was found.\n\n' +
        'Examples:\n  alluvium recall\n  alluvium recall -c handbook --samples 500 --recall 0.99 --json',
    )
    .option('-c, --collection <name>', 'collection to measure', 'docs')
    .option('--samples <number>', 'chunks to search for', '200')
    .option('-k <number>', 'results of a search', '10')
    .option('--recall <recall>', 'what is asked for: 0.95, 0.99 or exact', '0.95')
    .option('--seed <number>', 'of the choice of chunks', '1')
    .option('--json', 'print one JSON object')
    .action(run);
};
