import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashId, type JobV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import { CliError, exitCodes } from '../cli-error.ts';
import { getJob, followRun } from '../commands/runs.ts';
import { search } from '../commands/search.ts';
import type { Connection } from '../connection.ts';
import { count, say } from '../output.ts';
import { showProgress } from '../progress.ts';
import { uploadToInbox } from '../upload.ts';
import { findDemoCorpus, type DemoCorpus } from './demo-corpus.ts';

const COLLECTION = 'docs';
const SOURCE = 'packages';
const RUN_PATIENCE_MS = 120_000;

/** The question that the demo asks of what it ingested. */
export const DEMO_QUERY = 'how do I validate a JSON schema';

/** What the demo did. */
export interface DemoResult {
  documents: number;
  chunks: number;
  /** Files that were left out: duplicates and rejects, or, on a warm start, all that did not change. */
  skipped: number;
  seconds: number;
  /** Seconds from the start of the upload until each stage was through; empty on a warm start. */
  stages: Record<string, number>;
  query: string;
  answer: RetrieveResponseV1;
  job: JobV1;
}

interface DemoState {
  fingerprint: string;
  uploadId: string;
  createdAt: string;
  runId?: string;
}

interface DemoPlace {
  /** A node_modules folder. */
  corpusFolder: string;
  /** Where the demo keeps what it uploaded last. */
  stateFolder: string;
}

const readState = async (file: string): Promise<DemoState | undefined> => {
  const content = await readFile(file, 'utf8').catch(() => undefined);
  return content === undefined ? undefined : (JSON.parse(content) as DemoState);
};

// The upload is described on disk before it begins: after a crash the same one goes on.
const planUpload = async (file: string, { fingerprint }: DemoCorpus): Promise<DemoState> => {
  const last = await readState(file);
  if (last?.fingerprint === fingerprint) return last;
  const createdAt = new Date().toISOString();
  const state = { fingerprint, createdAt, uploadId: hashId([fingerprint, createdAt]) };
  await writeFile(file, JSON.stringify(state));
  return state;
};

const upload = async (connection: Connection, corpus: DemoCorpus, state: DemoState): Promise<string> => {
  const { uploadId, createdAt } = state;
  const progress = showProgress(['upload']);
  const { bucket } = connection;
  try {
    return await uploadToInbox(
      { bucket, collection: COLLECTION, source: SOURCE, uploadId, createdAt, files: corpus.files },
      (done) => progress.update('upload', done, corpus.files.length),
    );
  } finally {
    progress.stop();
  }
};

const isDone = async (connection: Connection, runId: string | undefined): Promise<boolean> => {
  if (runId === undefined) return false;
  const job = await getJob(connection, runId).catch(() => undefined);
  return job?.complete === true;
};

const assertDone = (job: JobV1): void => {
  if (job.state === 'done') return;
  const [failure] = job.failures ?? [];
  const why =
    failure === undefined ? '' : `: part ${failure.part} at ${failure.stage}: ${failure.error.message}`;
  throw new CliError(
    `The run ended as ${job.state}${why}.`,
    exitCodes.failed,
    `Look closer: alluvium runs ${job.jobId}`,
  );
};

/** Makes the documentation of the installed packages searchable, unless that is done, and asks it a question. */
export const runDemo = async (connection: Connection, place: DemoPlace): Promise<DemoResult> => {
  const startMs = Date.now();
  const seconds = (): number => (Date.now() - startMs) / 1000;
  const corpus = await findDemoCorpus(place.corpusFolder);
  const stateFile = join(place.stateFolder, 'demo.json');
  const state = await planUpload(stateFile, corpus);
  const warm = await isDone(connection, state.runId);
  say(
    warm
      ? `The documentation of the installed packages is searchable already; nothing changed.`
      : `Ingesting ${count(corpus.files.length)} documents of the installed packages (${count(corpus.duplicates)} duplicates left out).`,
  );
  const stages: Record<string, number> = {};
  const runId = warm && state.runId !== undefined ? state.runId : await upload(connection, corpus, state);
  await writeFile(stateFile, JSON.stringify({ ...state, runId }));
  const job = await followRun(connection, runId, {
    patienceMs: RUN_PATIENCE_MS,
    onStage: (stage) => {
      if (!warm) stages[stage] ??= seconds();
    },
  });
  assertDone(job);
  const answer = await search(connection, DEMO_QUERY, { collection: COLLECTION, k: '5' });
  return {
    documents: answer.snapshot?.documents ?? 0,
    chunks: answer.snapshot?.chunks ?? 0,
    skipped: warm ? corpus.files.length : corpus.duplicates + job.totals.rejected,
    seconds: seconds(),
    stages,
    query: DEMO_QUERY,
    answer,
    job,
  };
};
