import {
  ingestionContinuedV1,
  ingestionRequestedV1,
  makeEvent,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { changeJob } from './change-job.ts';
import { movedAt, type Job } from './domain/job.ts';
import { describeMissing, missingParts } from './domain/missing.ts';
import { settledCount, type Bucket } from './domain/progress.ts';
import { endJob } from './end-job.ts';
import { healApplied } from './heal-applied.ts';
import type { OrchestratorDeps } from './ports.ts';
import { settleRun } from './settle-run.ts';

/** Nothing moves for so long only when something died: a Lambda works for 15 minutes, a queue tries for another 15. */
export const QUIET_MS = 45 * 60_000;
/** A queue tries for an hour and a quarter to have an answer written, at most. */
const CHAT_QUIET_MS = 80 * 60_000;
/** So often a run is sent on its way again before it is given up. */
export const MAX_NUDGES = 2;

const MAX_MESSAGE = 2000;
const MAX_RANGES = 1000;

/** What a sweep did. */
export interface RunSweep {
  nudged: number;
  stalled: number;
}

const isQuiet = (job: Job, buckets: readonly Bucket[], nowMs: number): boolean => {
  const quietSince = [movedAt(job, buckets), job.nudges?.at ?? '', job.waitsUntil ?? ''].reduce(
    (latest, at) => (at > latest ? at : latest),
  );
  return nowMs - Date.parse(quietSince) >= QUIET_MS;
};

// What is stored already is told again, step by step, as if it had just happened; nothing is made twice.
const nudgeOf = ({ runtime: { origin } }: OrchestratorDeps, job: Job): OutgoingEvent | undefined => {
  const { jobId: runId, attempt, collection, startedAt } = job;
  const { reads: source, fence } = job;
  if (source === undefined) return undefined;
  const cause = { correlationId: runId };
  if (fence === undefined || startedAt === undefined)
    return makeEvent(ingestionRequestedV1, { collection, source, attempt }, cause, origin);
  const cursor = { part: 0, file: 0, record: 0 };
  const again = { runId, attempt, collection, source, fence, startedAt, cursor };
  return makeEvent(ingestionContinuedV1, again, cause, origin);
};

const giveUp = (deps: OrchestratorDeps, job: Job, buckets: readonly Bucket[]) => {
  const missing = missingParts(buckets, job.total);
  const message = `Nothing moved any more: ${describeMissing(missing)}.`.slice(0, MAX_MESSAGE);
  const error = { code: 'RUN_STALLED', message };
  return endJob(deps, job, { outcome: 'stalled', error, missing: missing.slice(0, MAX_RANGES) });
};

const CHAT_STALLED = {
  code: 'CHAT_STALLED',
  message: 'The search that the answer waits for, or the answer, never came.',
};

// Somebody waits for an answer; whoever asks again is served sooner than any repair.
const sweepChat = async (
  deps: OrchestratorDeps,
  { jobId, updatedAt }: Job,
  nowMs: number,
): Promise<'stalled' | undefined> => {
  if (nowMs - Date.parse(updatedAt) < CHAT_QUIET_MS) return undefined;
  await changeJob(deps, jobId, async (job) =>
    job === undefined || job.outcome !== undefined
      ? undefined
      : endJob(deps, job, { outcome: 'stalled', error: CHAT_STALLED }),
  );
  return 'stalled';
};

const sweepRun = async (deps: OrchestratorDeps, runId: string): Promise<keyof RunSweep | undefined> => {
  const nowMs = deps.runtime.origin.nowMs();
  const found = await deps.jobs.find(runId);
  if (found === undefined || found.job.outcome !== undefined) return undefined;
  if (found.job.chat !== undefined) return sweepChat(deps, found.job, nowMs);
  const run = { runId, attempt: found.job.attempt };
  if (!isQuiet(found.job, await deps.progress.buckets(run), nowMs)) return undefined;
  await healApplied(deps, found.job);
  await settleRun(deps, run, { correlationId: runId });
  let done: keyof RunSweep | undefined;
  await changeJob(deps, runId, async (job) => {
    done = undefined;
    if (job === undefined || job.outcome !== undefined || job.attempt !== run.attempt) return undefined;
    const buckets = await deps.progress.buckets(run);
    if (!isQuiet(job, buckets, nowMs)) return undefined;
    const settled = settledCount(buckets);
    // What is only told again moves nothing.
    const count = (job.nudges?.settled === settled ? job.nudges.count : 0) + 1;
    const event = count > MAX_NUDGES ? undefined : nudgeOf(deps, job);
    done = event === undefined ? 'stalled' : 'nudged';
    if (event === undefined) return giveUp(deps, job, buckets);
    return {
      job: { ...job, nudges: { count, settled, at: new Date(nowMs).toISOString() } },
      events: [event],
    };
  });
  return done;
};

/**
 * Looks after runs that do not move any more: what S3 has is taken for good, what is missing is asked for again, and a
 * run that does not move even so ends as stalled, naming the parts that are missing.
 */
export const sweepRuns = async (deps: OrchestratorDeps): Promise<RunSweep> => {
  const swept: RunSweep = { nudged: 0, stalled: 0 };
  for (const runId of await deps.jobs.open()) {
    try {
      const done = await sweepRun(deps, runId);
      if (done !== undefined) swept[done] += 1;
    } catch (error) {
      // One run must not keep the others from being looked after.
      deps.runtime.logger.error('A run could not be looked after', { runId, error: error as Error });
    }
  }
  return swept;
};
