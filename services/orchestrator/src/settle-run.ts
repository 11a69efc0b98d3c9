import {
  compactionRequestedV1,
  indexNamesOf,
  jobCompletedV1,
  jobFailedV1,
  makeEvent,
  runCompletedV1,
  type EventCause,
} from '@alluvium/contracts';
import { findDocument } from './collection-documents.ts';
import { changeJob, type JobChange } from './change-job.ts';
import {
  complete,
  completionOf,
  failureOfJob,
  isOver,
  successOfJob,
  wantsCompaction,
  type Job,
} from './domain/job.ts';
import { isFull, type Bucket } from './domain/progress.ts';
import { healApplied } from './heal-applied.ts';
import type { OrchestratorDeps, RunRef } from './ports.ts';

// The event that settles a run may belong to another chain, such as the compactor's.
const causeOf = (cause: EventCause, runId: string): EventCause => ({ ...cause, correlationId: runId });

const decide = async (
  deps: OrchestratorDeps,
  job: Job,
  buckets: readonly Bucket[],
  cause: EventCause,
): Promise<JobChange | undefined> => {
  const { origin } = deps.runtime;
  const now = new Date(origin.nowMs()).toISOString();
  if (isOver(job, buckets)) {
    const completed = complete(job, buckets, now);
    const event = makeEvent(runCompletedV1, completionOf(completed, buckets), cause, origin);
    const announced =
      completed.outcome === 'done'
        ? makeEvent(jobCompletedV1, successOfJob(completed), cause, origin)
        : makeEvent(jobFailedV1, failureOfJob(completed), cause, origin);
    return { job: completed, events: [event, announced] };
  }
  if (!wantsCompaction(job, buckets)) return undefined;
  const { collection, jobId, attempt } = job;
  // What is ingested goes into the candidates of the collection too.
  const indexNames = indexNamesOf(collection, await findDocument(deps, collection));
  const requestId = `${jobId}-${attempt}`;
  return {
    job: { ...job, compactionRequested: true, updatedAt: now },
    events: indexNames.map((name) =>
      makeEvent(compactionRequestedV1, { collection: name, requestId }, cause, origin),
    ),
  };
};

/**
 * Ends a run whose last part is settled, once; asks for the compaction of one whose vectors are all stored, once.
 * `changed` are the buckets that were written just now: while none of them is full there is nothing to decide. The
 * order matters: whoever writes last reads all the others.
 */
export const settleRun = (
  deps: OrchestratorDeps,
  { runId, attempt }: RunRef,
  cause: EventCause,
  changed?: readonly Bucket[],
): Promise<void> =>
  changeJob(deps, runId, async (job) => {
    if (job?.attempt !== attempt || job.outcome !== undefined) return undefined;
    const { total, crawlFailed } = job;
    if (crawlFailed !== true) {
      if (total === undefined) return undefined;
      if (changed !== undefined && !changed.some((bucket) => isFull(bucket, total))) return undefined;
    }
    const buckets = await deps.progress.buckets({ runId, attempt });
    // A delta that an earlier attempt applied is not applied again, and nobody says so.
    if (attempt > 1 && wantsCompaction(job, buckets)) {
      await healApplied(deps, job);
      const healed = await deps.progress.buckets({ runId, attempt });
      return decide(deps, job, healed, causeOf(cause, runId));
    }
    return decide(deps, job, buckets, causeOf(cause, runId));
  });
