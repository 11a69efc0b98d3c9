import {
  assertReadable,
  ingestionRequestedV1,
  makeEvent,
  PipelineError,
  runManifestV1,
  type IngestionSourceV1,
} from '@alluvium/contracts';
import { changeJob } from './change-job.ts';
import { knownOf, type Job } from './domain/job.ts';
import type { OrchestratorDeps } from './ports.ts';

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

// A run that was sealed wrote down what it read.
const readsOf = async (
  { objects }: Pick<OrchestratorDeps, 'objects'>,
  { jobId, reads }: Job,
): Promise<IngestionSourceV1> => {
  if (reads !== undefined) return reads;
  const bytes = await objects.find(`runs/${jobId}/manifest.json`);
  if (bytes === undefined) {
    throw refuse('RUN_SOURCE_UNKNOWN', `Nobody wrote down what the run ${jobId} reads: ingest it again.`);
  }
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  return assertReadable(runManifestV1, document).source;
};

/**
 * Runs a run again that has ended: the same run, its attempt one higher. What is in the index already is passed over.
 * The same operation replays once. Errors: JOB_NOT_FOUND, JOB_RUNNING, RUN_SOURCE_UNKNOWN.
 */
export const replayRun = async (
  deps: OrchestratorDeps,
  { runId, operationId }: { runId: string; operationId: string },
): Promise<number> => {
  let attempt = 0;
  await changeJob(deps, runId, async (job) => {
    if (job === undefined) throw refuse('JOB_NOT_FOUND', `There is no run "${runId}".`);
    attempt = job.attempt;
    if (job.replayedBy === operationId) return undefined;
    if (job.outcome === undefined) {
      throw refuse('JOB_RUNNING', `The run ${runId} has not ended: cancel it first, or wait.`);
    }
    const reads = await readsOf(deps, job);
    const { origin } = deps.runtime;
    attempt = job.attempt + 1;
    const { collection, createdAt } = job;
    const next: Job = {
      ...{ ...knownOf(job), jobId: runId, attempt, collection, createdAt, reads, replayedBy: operationId },
      updatedAt: new Date(origin.nowMs()).toISOString(),
    };
    const request = { collection, source: reads, attempt };
    const event = makeEvent(ingestionRequestedV1, request, { correlationId: runId }, origin);
    return { job: next, events: [event] };
  });
  return attempt;
};
