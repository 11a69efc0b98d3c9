import { stat } from 'node:fs/promises';
import type { DeltaDocument, Snapshot } from '@alluvium/vector-store';
import type { Command } from 'commander';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect } from '../connection.ts';
import { exchangeFile } from '../exchange/formats.ts';
import { openCollection } from '../exchange/open-collection.ts';
import { newTally, renderTally, tallyDocument, type Tally } from '../exchange/tally.ts';
import { count, print, printJson } from '../output.ts';
import { showProgress } from '../progress.ts';

interface Options {
  collection: string;
  format?: string;
  out: string;
  yes?: boolean;
  json?: boolean;
}

const STAGE = 'documents';

const assertFree = async ({ out, yes }: Options): Promise<void> => {
  if (yes === true || (await stat(out).catch(() => undefined)) === undefined) return;
  throw new CliError(
    `${out} exists.`,
    exitCodes.conflict,
    'Choose another name, or pass --yes to write over it.',
  );
};

async function* watched(snapshot: Snapshot, tally: Tally): AsyncIterable<DeltaDocument> {
  const { documents, tombstones } = snapshot.describe();
  const progress = showProgress([STAGE]);
  try {
    for await (const document of snapshot.documents()) {
      tallyDocument(tally, document);
      progress.update(STAGE, tally.documents + tally.deleted, documents + tombstones);
      yield document;
    }
  } finally {
    progress.stop();
  }
}

const run = async (options: Options): Promise<void> => {
  const { collection, out } = options;
  assertName('collection', collection);
  const target = exchangeFile(out, options.format);
  await assertFree(options);
  const snapshot = await openCollection(connect(), collection);
  const { writeExchangeFile } = await import('../exchange/exchange-file.ts');
  const tally = newTally();
  const bytes = await writeExchangeFile(target, watched(snapshot, tally));
  const { version, model } = snapshot.describe();
  if (options.json === true) printJson({ ...target, bytes, collection, version, model, ...tally });
  else print(`${out} holds ${renderTally(tally)} of snapshot ${version} in ${count(bytes)} bytes.`);
};

/** `alluvium export` */
export const addExport = (program: Command): void => {
  program
    .command('export')
    .summary('write a collection to a file, vectors and all')
    .description(
      'One record for each chunk: id, vector and everything that is known of it.\n\n' +
        'Examples:\n  alluvium export --out docs.parquet\n  alluvium export -c handbook --out handbook.jsonl',
    )
    .requiredOption('-o, --out <file>', 'file to write')
    .option('-c, --collection <name>', 'collection to export', 'docs')
    .option('--format <format>', 'jsonl or parquet; else as the file is named')
    .option('--yes', 'write over a file that exists')
    .option('--json', 'print one JSON object')
    .action(run);
};
