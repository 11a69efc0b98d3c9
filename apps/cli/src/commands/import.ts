import { stat } from 'node:fs/promises';
import { hashId, indexPathOf, type IndexV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { ulid } from 'ulid';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, useAws, type Connection } from '../connection.ts';
import { activeIndexes } from '../exchange/collection-index.ts';
import { exchangeFile } from '../exchange/formats.ts';
import type { ImportSource } from '../exchange/run-import.ts';
import { renderTally } from '../exchange/tally.ts';
import { print, printJson } from '../output.ts';
import { showProgress } from '../progress.ts';

interface Options {
  collection: string;
  source: string;
  format?: string;
  model?: string;
  keepFloats?: boolean;
  wait?: boolean;
  json?: boolean;
}

const assertModel = ({ collection, model }: Options, { modelId }: IndexV1): void => {
  if (model === undefined || model === modelId) return;
  throw new CliError(
    `The vectors of "${collection}" come from ${modelId}, not from ${model}.`,
    exitCodes.conflict,
    'Vectors of two models cannot be compared: import into another collection.',
  );
};

// A file does not say which model its vectors come from. Where all collections use one, it is that.
const newIndex = (
  { collection, model }: Options,
  indexes: ReadonlyMap<string, IndexV1>,
  dims: number,
): IndexV1 => {
  const used = [...indexes.values()].filter((index) => index.dims === dims);
  const models = new Set(model === undefined ? used.map(({ modelId }) => modelId) : [model]);
  const [modelId] = models;
  if (modelId !== undefined && models.size === 1)
    return { path: indexPathOf(collection, modelId, dims), modelId, dims };
  throw new CliError(
    `The collection "${collection}" is new: nobody knows which model the vectors come from.`,
    exitCodes.usage,
    'Name it: --model <id>@<first 12 hex digits of its sha256>',
  );
};

const importFile = async (connection: Connection, source: ImportSource, options: Options) => {
  const { collection } = options;
  const indexes = await activeIndexes(connection);
  const active = indexes.get(collection);
  if (active) assertModel(options, active);
  const { checkFile, sendFile, waitForFile } = await import('../exchange/run-import.ts');
  const reading = { ...source.reading, ...(active && { dims: active.dims }) };
  const checked = await checkFile({ ...source, reading });
  if (checked.dims === 0)
    throw new CliError(
      `${source.from.file} holds no vector.`,
      exitCodes.usage,
      'There is nothing to import.',
    );
  const index = active ?? newIndex(options, indexes, checked.dims);
  // A new run each time: an import that is repeated is sent again, and settles on what is newest.
  const runId = hashId(['import', collection, ulid()]);
  const goal = { connection, collection, runId, index };
  const deltaIds = await sendFile({ ...source, reading }, checked, goal);
  const answer = { collection, runId, index, ...checked.tally, deltas: deltaIds.length };
  if (options.wait !== true) return answer;
  return { ...answer, version: await waitForFile(source, goal, deltaIds) };
};

const run = async (file: string, options: Options): Promise<void> => {
  assertName('collection', options.collection);
  assertName('source', options.source);
  const from = exchangeFile(file, options.format);
  if ((await stat(file).catch(() => undefined))?.isFile() !== true)
    throw new CliError(`${file} is no file.`, exitCodes.notFound, 'Check the path and try again.');
  const connection = connect();
  useAws(connection);
  const stages = options.wait === true ? ['checked', 'sent', 'applied'] : ['checked', 'sent'];
  const progress = showProgress(stages);
  const reading = {
    source: options.source,
    revision: { fence: 1, sequence: Date.now() },
    ...(options.keepFloats === true && { keepFloats: true }),
  };
  const answer = await importFile(connection, { from, reading, progress }, options).finally(() => {
    progress.stop();
  });
  if (options.json === true) printJson(answer);
  else {
    const where = 'version' in answer ? `in snapshot ${answer.version}` : 'on its way into the next snapshot';
    print(`${renderTally(answer)}: ${where} of ${options.collection}.`);
  }
};

/** `alluvium import` */
export const addImport = (program: Command): void => {
  program
    .command('import <file>')
    .summary('add vectors from a file to a collection')
    .description(
      'A file of "alluvium export", or JSON lines {"id","vector","meta"} or Parquet of\n' +
        'another system. Nothing is sent before all of the file is found right.\n\n' +
        'Examples:\n  alluvium import docs.parquet --collection copy --wait\n' +
        '  alluvium import notes.jsonl --source notes',
    )
    .option('-c, --collection <name>', 'collection to add to', 'docs')
    .option('--source <name>', 'name of the source where the file names none', 'import')
    .option('--format <format>', 'jsonl or parquet; else as the file is named')
    .option('--model <id>', 'model of the vectors, for a new collection')
    .option('--keep-floats', 'keep the vectors exactly, at five times the size')
    .option('-w, --wait', 'stay until everything is searchable')
    .option('--json', 'print one JSON object')
    .action(run);
};
