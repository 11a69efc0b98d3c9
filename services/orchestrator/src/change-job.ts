import { PipelineError, type OutgoingEvent } from '@alluvium/contracts';
import type { Job } from './domain/job.ts';
import type { OrchestratorDeps } from './ports.ts';

const MAX_TRIES = 10;

/** The next state of a job, with the events that announce it. */
export interface JobChange {
  job: Job;
  events?: readonly OutgoingEvent[];
}

/** Puts events on the bus that were kept with a change, and forgets them. */
export const sendKept = async (
  { bus, outbox }: Pick<OrchestratorDeps, 'bus' | 'outbox'>,
  events: readonly OutgoingEvent[],
): Promise<void> => {
  if (events.length === 0) return;
  await bus.publishAll([...events]);
  for (const event of events) await outbox.remove(event);
};

/**
 * Changes a job by compare-and-set; `next` is asked again when somebody else was first, and answers undefined when
 * nothing is left to do. The events are kept with the change, put on the bus, and then forgotten: a crash in between
 * leaves them to the sweep. Errors: JOB_BUSY.
 */
export const changeJob = async (
  deps: Pick<OrchestratorDeps, 'jobs' | 'bus' | 'outbox'>,
  jobId: string,
  next: (job: Job | undefined) => Promise<JobChange | undefined>,
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await deps.jobs.find(jobId);
    const change = await next(found?.job);
    if (change === undefined) return;
    const { job, events = [] } = change;
    if (!(await deps.jobs.save(job, found?.version, events))) continue;
    await sendKept(deps, events);
    return;
  }
  throw new PipelineError(`The job ${jobId} was changed by others ${MAX_TRIES} times in a row`, {
    code: 'JOB_BUSY',
    kind: 'conflict',
    details: { jobId },
  });
};
