import { PipelineError, type JobV1 } from '@alluvium/contracts';
import type { OrchestratorDeps } from '../ports.ts';
import { readJob } from '../read-jobs.ts';

const MAX_WAIT_SECONDS = 25;
const POLL_MS = 500;

/** Seconds to wait for an answer, of `?wait=`. Errors: WAIT_INVALID. */
export const parseWait = (text: string | null): number => {
  if (text === null) return 0;
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  if (seconds <= MAX_WAIT_SECONDS) return seconds;
  throw new PipelineError(`wait must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}.`, {
    code: 'WAIT_INVALID',
    kind: 'invalid',
  });
};

/** The job once it has ended, or undefined when it takes longer. */
export const waitForJob = async (
  deps: OrchestratorDeps,
  jobId: string,
  waitSeconds: number,
): Promise<JobV1 | undefined> => {
  const polls = (waitSeconds * 1000) / POLL_MS;
  for (let poll = 0; poll <= polls; poll += 1) {
    const found = await deps.jobs.find(jobId);
    if (found?.job.outcome !== undefined) return readJob(deps, jobId);
    if (poll < polls) await deps.pause(POLL_MS);
  }
  return undefined;
};
