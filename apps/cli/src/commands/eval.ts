import { basename, resolve } from 'node:path';
import {
  evaluate,
  judgedSetFiles,
  readCorpus,
  readJudgedQueries,
  type JudgedQuery,
  type JudgedSetFiles,
  type RetrievalQuality,
} from '@alluvium/evaluation';
import type { Command } from 'commander';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { count, print, printJson, say, table } from '../output.ts';
import { search } from './search.ts';

const MODES = ['dense', 'lexical', 'hybrid'];
const MAX_DEPTH = 1000;

interface Options extends Partial<JudgedSetFiles> {
  collection?: string;
  mode: string;
  depth: string;
  limit?: string;
  ingest?: boolean;
  json?: boolean;
}

/** How well, and how fast, one mode answered. */
type ModeQuality = RetrievalQuality & { mode: string; latencyP50Ms: number; latencyP95Ms: number };

const wholeNumber = (name: string, text: string, most: number): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new CliError(`--${name} is a whole number from 1 to ${count(most)}, not ${text}.`, exitCodes.usage);
};

const modesOf = (mode: string): string[] => {
  if (mode === 'all') return MODES;
  if (MODES.includes(mode)) return [mode];
  throw new CliError(`There is no mode ${mode}.`, exitCodes.usage, `Take one of ${MODES.join(', ')}, all.`);
};

const collectionOf = (folder: string | undefined, { collection }: Options): string => {
  const name = collection ?? (folder === undefined ? 'docs' : basename(resolve(folder)).toLowerCase());
  assertName('collection', name);
  return name;
};

const filesOf = (folder: string | undefined, { queries, qrels, corpus }: Options): JudgedSetFiles => {
  const usual = judgedSetFiles(folder ?? '.');
  return { queries: queries ?? usual.queries, qrels: qrels ?? usual.qrels, corpus: corpus ?? usual.corpus };
};

const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

interface Asked {
  connection: Connection;
  collection: string;
  depth: number;
}

const evaluateMode = async (
  { connection, collection, depth }: Asked,
  queries: readonly JudgedQuery[],
  mode: string,
): Promise<ModeQuality> => {
  const latenciesMs: number[] = [];
  say(`Asking ${count(queries.length)} queries of ${collection}, ${mode}.`);
  const quality = await evaluate(queries, async (query) => {
    const startedMs = performance.now();
    const { results } = await search(connection, query, { collection, mode, k: String(depth) });
    latenciesMs.push(performance.now() - startedMs);
    return results.map(({ entityId }) => entityId);
  });
  const scores = Object.entries<number>({ ...quality }).map(([name, value]) => [name, rounded(value, 4)]);
  return {
    mode,
    ...(Object.fromEntries(scores) as unknown as RetrievalQuality),
    latencyP50Ms: rounded(percentile(latenciesMs, 0.5), 1),
    latencyP95Ms: rounded(percentile(latenciesMs, 0.95), 1),
  };
};

const render = (modes: readonly ModeQuality[]): string =>
  table(
    ['mode', 'nDCG@10', 'R@10', 'R@100', 'MAP', 'MRR@10', 'p50 ms', 'p95 ms'],
    modes.map(({ mode, latencyP50Ms, latencyP95Ms, ...quality }) => [
      mode,
      ...[quality.ndcgAt10, quality.recallAt10, quality.recallAt100, quality.map, quality.mrrAt10].map(
        (value) => value.toFixed(3),
      ),
      latencyP50Ms.toFixed(1),
      latencyP95Ms.toFixed(1),
    ]),
  );

const ingest = async (connection: Connection, collection: string, files: JudgedSetFiles): Promise<void> => {
  const documents = await readCorpus(files);
  say(`Making ${count(documents.length)} documents searchable in ${collection}.`);
  const { ingestCorpus } = await import('../judged-upload.ts');
  const { state, totals } = await ingestCorpus(connection, collection, documents);
  if (state !== 'done')
    throw new CliError(`The run ended as ${state}.`, exitCodes.failed, 'See: alluvium runs');
  say(
    `${count(totals.chunks)} chunks of ${count(totals.documents)} documents; ${count(totals.rejected)} rejected.`,
  );
};

const run = async (folder: string | undefined, options: Options): Promise<void> => {
  const collection = collectionOf(folder, options);
  const modes = modesOf(options.mode);
  const depth = wholeNumber('depth', options.depth, MAX_DEPTH);
  const files = filesOf(folder, options);
  const all = await readJudgedQueries(files);
  const limit = options.limit === undefined ? all.length : wholeNumber('limit', options.limit, Infinity);
  const connection = connect();
  if (options.ingest === true) await ingest(connection, collection, files);
  const found: ModeQuality[] = [];
  for (const mode of modes)
    found.push(await evaluateMode({ connection, collection, depth }, all.slice(0, limit), mode));
  if (options.json === true) printJson({ collection, depth, modes: found });
  else print(render(found));
};

/** `alluvium eval` */
export const addEval = (program: Command): void => {
  program
    .command('eval [folder]')
    .summary('measure how well a collection answers judged queries')
    .description(
      'The folder holds queries.jsonl, qrels.tsv and, to ingest it,\ncorpus.jsonl, as the sets of BEIR do; .gz is read too. ' +
        'A document is\nits entity id, at the rank of its best chunk.\n\n' +
        'Examples:\n  alluvium eval ./scifact --ingest\n  alluvium eval ./judged -c handbook --mode hybrid --json',
    )
    .option('-c, --collection <name>', 'collection to ask; else named as the folder')
    .option('--ingest', 'make the corpus searchable first')
    .option('--mode <mode>', 'dense, lexical, hybrid or all', 'all')
    .option('--depth <number>', 'chunks retrieved for a query (1..1000)', '300')
    .option('--limit <number>', 'ask only so many queries')
    .option('--queries <file>', 'JSON lines {_id, text}')
    .option('--qrels <file>', 'query id, document id, grade; by tabs')
    .option('--corpus <file>', 'JSON lines {_id, title, text}')
    .option('--json', 'print the figures as one JSON object')
    .action(run);
};
