import { jobFailedV1, makeEvent, PipelineError, type FailureV1 } from '@alluvium/contracts';
import { changeJob, type JobChange } from './change-job.ts';
import { end, failureOfJob, type Job } from './domain/job.ts';
import type { OrchestratorDeps } from './ports.ts';

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

/** Ends a job before its time, with the event that says so. */
export const endJob = async (
  { runtime: { origin }, progress }: OrchestratorDeps,
  job: Job,
  ending: { outcome: 'cancelled' | 'stalled'; error: FailureV1 },
): Promise<JobChange> => {
  const now = new Date(origin.nowMs()).toISOString();
  const buckets = await progress.buckets({ runId: job.jobId, attempt: job.attempt });
  const ended = end(job, buckets, { ...ending, now });
  return {
    job: ended,
    events: [makeEvent(jobFailedV1, failureOfJob(ended), { correlationId: job.jobId }, origin)],
  };
};

/**
 * Ends a run: what is on its way may still reach the index, and changes the job no more. A run that is cancelled
 * already stays so. Errors: JOB_NOT_FOUND, JOB_ENDED.
 */
export const cancelRun = (
  deps: OrchestratorDeps,
  { runId, reason }: { runId: string; reason: string | undefined },
): Promise<void> =>
  changeJob(deps, runId, async (job) => {
    if (job === undefined) throw refuse('JOB_NOT_FOUND', `There is no run "${runId}".`);
    if (job.outcome === 'cancelled') return undefined;
    if (job.outcome !== undefined) {
      throw refuse('JOB_ENDED', `The run ${runId} is ${job.outcome}: nothing is left to cancel.`);
    }
    const message = reason === undefined ? 'Cancelled by an operator.' : `Cancelled: ${reason}`;
    return endJob(deps, job, { outcome: 'cancelled', error: { code: 'RUN_CANCELLED', message } });
  });
