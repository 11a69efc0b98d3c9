import { jobFailedV1, makeEvent } from '@alluvium/contracts';
import type { JobChange } from './change-job.ts';
import { end, failureOfJob, type Ending, type Job } from './domain/job.ts';
import type { OrchestratorDeps } from './ports.ts';

/** Ends a job before its time, with the event that says so. */
export const endJob = async (
  { runtime: { origin }, progress }: OrchestratorDeps,
  job: Job,
  ending: Ending,
): Promise<JobChange> => {
  const now = new Date(origin.nowMs()).toISOString();
  const buckets = await progress.buckets({ runId: job.jobId, attempt: job.attempt });
  const ended = end(job, buckets, { ...ending, now });
  return {
    job: ended,
    events: [makeEvent(jobFailedV1, failureOfJob(ended), { correlationId: job.jobId }, origin)],
  };
};
