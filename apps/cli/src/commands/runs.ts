import { setTimeout as sleep } from 'node:timers/promises';
import { jobsV1, jobV1, type JobV1 } from '@alluvium/contracts';
import type { Command } from 'commander';
import { getJson } from '../api-client.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, type Connection } from '../connection.ts';
import { count, minute, print, printJson, red, say, table } from '../output.ts';
import { showProgress } from '../progress.ts';

/** The stages of a run, in the order in which data flows. */
export const STAGES = ['fetched', 'derived', 'chunked', 'durable', 'applied'] as const;

const POLL_MS = 500;
const ENDED = new Set(['done', 'failed', 'cancelled', 'stalled']);

/** One job and where it stands. */
export const getJob = (connection: Connection, jobId: string): Promise<JobV1> =>
  getJson(connection, `status/${encodeURIComponent(jobId)}`, jobV1);

/** Waits for a run to begin, at most `patienceMs`, then until it is complete; shows its stages meanwhile. */
export const followRun = async (
  connection: Connection,
  jobId: string,
  options: { patienceMs: number; onStage?: (stage: string) => void },
): Promise<JobV1> => {
  const progress = showProgress([...STAGES]);
  const giveUpAt = Date.now() + options.patienceMs;
  try {
    for (;;) {
      const job = await getJob(connection, jobId).catch((error: unknown) => {
        const absent = error instanceof CliError && error.exitCode === exitCodes.notFound;
        if (absent && Date.now() < giveUpAt) return undefined;
        throw error;
      });
      if (job !== undefined) {
        const total = job.parts ?? 0;
        for (const stage of STAGES) {
          const { done, failed } = job.steps[stage];
          progress.update(stage, done + failed, total);
          if (total > 0 && done + failed >= total) options.onStage?.(stage);
        }
        // What was cancelled or has stalled ends too, and is not complete.
        if (job.complete || ENDED.has(job.state)) return job;
      }
      await sleep(POLL_MS);
    }
  } finally {
    progress.stop();
  }
};

/** A job as a person reads it. */
export const renderJob = (job: JobV1): string[] => {
  const { totals, steps, parts } = job;
  const stages = STAGES.map((stage) => `${stage} ${steps[stage].done}/${parts ?? '?'}`).join('  ');
  return [
    `${job.kind} ${job.jobId}: ${job.state}`,
    `  collection ${job.collection}, source ${job.source}, attempt ${job.attempt}, since ${job.createdAt}`,
    `  ${stages}`,
    `  ${count(totals.documents)} documents, ${count(totals.chunks)} chunks, ` +
      `${count(totals.unchanged)} unchanged, ${count(totals.rejected)} left out`,
    ...(job.failures ?? []).map(({ part, stage, error }) =>
      red(`  part ${part} failed at ${stage}: ${error.message}`),
    ),
    ...(job.rejects ?? []).map(({ path, error }) => `  left out ${path}: ${error.message} (${error.code})`),
  ];
};

const showOne = async (
  connection: Connection,
  jobId: string,
  options: { json?: boolean; follow?: boolean },
) => {
  const job =
    options.follow === true
      ? await followRun(connection, jobId, { patienceMs: 0 })
      : await getJob(connection, jobId);
  if (options.json === true) printJson(job);
  else for (const line of renderJob(job)) print(line);
  if (ENDED.has(job.state) && job.state !== 'done') process.exitCode = exitCodes.failed;
};

const showAll = async (connection: Connection, options: { json?: boolean }): Promise<void> => {
  const answer = await getJson(connection, 'jobs', jobsV1);
  if (options.json === true) printJson(answer);
  else if (answer.jobs.length === 0) say('Nothing ran yet. Start something: alluvium ingest <path>');
  else {
    const rows = answer.jobs.map(({ jobId, state, collection, createdAt, totals }) => [
      jobId,
      state,
      collection,
      totals === undefined ? '' : count(totals.documents),
      minute(createdAt),
    ]);
    print(table(['RUN', 'STATE', 'COLLECTION', 'DOCUMENTS', 'STARTED (UTC)'], rows));
  }
};

/** `alluvium runs` and `alluvium status` */
export const addRuns = (program: Command): void => {
  program
    .command('runs [id]')
    .description('list the newest runs, or show one with everything it left out')
    .option('-f, --follow', 'stay until the run is complete')
    .option('--json', 'print one JSON object')
    .action((id: string | undefined, options: { json?: boolean; follow?: boolean }) =>
      id === undefined ? showAll(connect(), options) : showOne(connect(), id, options),
    );
};
