import type { Command } from 'commander';
import { ulid } from 'ulid';
import { assertName } from '../assert-name.ts';
import { exitCodes } from '../cli-error.ts';
import { connect, useAws } from '../connection.ts';
import { findFiles } from '../find-files.ts';
import { count, print, printJson, say } from '../output.ts';
import { followRun, renderJob } from './runs.ts';

interface Options {
  collection: string;
  source: string;
  wait?: boolean;
  json?: boolean;
}

const RUN_PATIENCE_MS = 60_000;

const run = async (paths: string[], options: Options): Promise<void> => {
  const { collection, source } = options;
  assertName('collection', collection);
  assertName('source', source);
  const files = await findFiles(paths);
  const connection = connect();
  useAws(connection);
  const { uploadToInbox } = await import('../upload.ts');
  say(`Uploading ${count(files.length)} files to ${collection}.`);
  const upload = { collection, source, files, uploadId: ulid(), createdAt: new Date().toISOString() };
  const runId = await uploadToInbox({ ...upload, bucket: connection.bucket });
  if (options.wait !== true) {
    if (options.json === true) printJson({ runId, files: files.length });
    else print(`Run ${runId} is under way. Follow it: alluvium runs ${runId} --follow`);
    return;
  }
  const job = await followRun(connection, runId, { patienceMs: RUN_PATIENCE_MS });
  if (options.json === true) printJson(job);
  else for (const line of renderJob(job)) print(line);
  if (job.state !== 'done') process.exitCode = exitCodes.failed;
};

/** `alluvium ingest` */
export const addIngest = (program: Command): void => {
  program
    .command('ingest <path...>')
    .summary('make files and folders searchable')
    .description(
      'Markdown, plain text, HTML and JSON lines.\n\nExample:\n  alluvium ingest ./docs notes.jsonl --collection handbook --wait',
    )
    .option('-c, --collection <name>', 'collection to add to; made when it does not exist', 'docs')
    .option('--source <name>', 'name of the source; part of every document id', 'files')
    .option('-w, --wait', 'stay until everything is searchable')
    .option('--json', 'print one JSON object')
    .action(run);
};
