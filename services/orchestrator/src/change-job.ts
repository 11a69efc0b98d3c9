import { PipelineError, type OutgoingEvent } from '@alluvium/contracts';
import type { Job } from './domain/job.ts';
import type { OrchestratorDeps } from './ports.ts';

const MAX_TRIES = 10;

/** The next state of a job, with the event that announces it. */
export interface JobChange {
  job: Job;
  event?: OutgoingEvent;
}

/**
 * Changes a job by compare-and-set; `next` is asked again when somebody else was first, and answers undefined when
 * nothing is left to do. The event is kept with the change, put on the bus, and then forgotten: a crash in between
 * leaves it to the sweep. Errors: JOB_BUSY.
 */
export const changeJob = async (
  { jobs, bus, outbox }: Pick<OrchestratorDeps, 'jobs' | 'bus' | 'outbox'>,
  jobId: string,
  next: (job: Job | undefined) => Promise<JobChange | undefined>,
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await jobs.find(jobId);
    const change = await next(found?.job);
    if (change === undefined) return;
    const { job, event } = change;
    if (!(await jobs.save(job, found?.version, event))) continue;
    if (event !== undefined) {
      await bus.publishAll([event]);
      await outbox.remove(event);
    }
    return;
  }
  throw new PipelineError(`The job ${jobId} was changed by others ${MAX_TRIES} times in a row`, {
    code: 'JOB_BUSY',
    kind: 'conflict',
    details: { jobId },
  });
};
