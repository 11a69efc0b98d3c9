import type { OutgoingEvent, PointerV1 } from '@alluvium/contracts';
import type { Job, PartFailure } from '../../src/domain/job.ts';
import type { Bucket, Counters } from '../../src/domain/progress.ts';
import { bucketOf, type Stage } from '../../src/domain/stages.ts';
import type {
  JobStore,
  OperationStore,
  Outbox,
  ProgressStore,
  RunRef,
  SessionStore,
  StageChange,
  StoredJob,
  StoredOperation,
  StoredSession,
} from '../../src/ports.ts';

const orderOf = ({ createdAt, jobId }: Pick<Job, 'createdAt' | 'jobId'>): string => `${createdAt}#${jobId}`;
const newestFirst = (one: Job, other: Job): number => (orderOf(one) < orderOf(other) ? 1 : -1);

/** Jobs, operations and their outbox in memory. */
export interface MemoryJobs {
  jobs: JobStore;
  operations: OperationStore;
  sessions: SessionStore;
  outbox: Outbox;
  readonly stored: Map<string, StoredJob>;
  readonly asked: Map<string, StoredOperation>;
  readonly talks: Map<string, StoredSession>;
  readonly kept: Map<string, OutgoingEvent>;
}

export const memoryJobs = (): MemoryJobs => {
  const stored = new Map<string, StoredJob>();
  const asked = new Map<string, StoredOperation>();
  const talks = new Map<string, StoredSession>();
  const kept = new Map<string, OutgoingEvent>();
  const jobs: JobStore = {
    find: async (jobId) => stored.get(jobId),
    save: async (job, version, events = []) => {
      if (stored.get(job.jobId)?.version !== version) return false;
      stored.set(job.jobId, { job: structuredClone(job), version: (version ?? 0) + 1 });
      for (const event of events) kept.set(event.detail.metadata.eventId, event);
      return true;
    },
    open: async () =>
      [...stored.values()].filter(({ job }) => job.outcome === undefined).map(({ job }) => job.jobId),
    newest: async (limit, after) => {
      const all = [...stored.values()].map(({ job }) => job).sort(newestFirst);
      const open = after === undefined ? all : all.filter((job) => orderOf(job) < orderOf(after));
      const page = open.slice(0, limit);
      const last = page.at(-1);
      return { jobs: page, ...(open.length > limit && last !== undefined ? { last } : {}) };
    },
  };
  const outbox: Outbox = {
    keptBefore: async (time) => [...kept.values()].filter(({ detail }) => detail.metadata.occurredAt < time),
    remove: async (event) => {
      kept.delete(event.detail.metadata.eventId);
    },
  };
  const operations: OperationStore = {
    find: async (operationId) => asked.get(operationId),
    save: async (operation, version, events = []) => {
      if (asked.get(operation.operationId)?.version !== version) return false;
      const stored = { operation: structuredClone(operation), version: (version ?? 0) + 1 };
      asked.set(operation.operationId, stored);
      for (const event of events) kept.set(event.detail.metadata.eventId, event);
      return true;
    },
  };
  const sessions: SessionStore = {
    find: async (sessionId) => talks.get(sessionId),
    save: async (session, version) => {
      if (talks.get(session.sessionId)?.version !== version) return false;
      talks.set(session.sessionId, { session: structuredClone(session), version: (version ?? 0) + 1 });
      return true;
    },
    remove: async (sessionId) => {
      talks.delete(sessionId);
    },
  };
  return { jobs, operations, sessions, outbox, stored, asked, talks, kept };
};

/** What is known of one attempt of a run. */
export interface StoredProgress {
  buckets: Map<string, Bucket>;
  failures: Map<string, PartFailure>;
  rejects: Map<number, PointerV1>;
}

const add = (
  bucket: Bucket,
  list: 'done' | 'failed',
  { parts, counters = {} }: Omit<StageChange, 'stage'>,
): Bucket => {
  if (Object.keys(counters).length > 0 && bucket[list].has(parts[0])) return bucket;
  const names = Object.keys(counters) as (keyof Counters)[];
  const sums = names.map((name): [string, number] => [
    name,
    (bucket.counters[name] ?? 0) + (counters[name] ?? 0),
  ]);
  return {
    ...bucket,
    [list]: new Set([...bucket[list], ...parts]),
    counters: { ...bucket.counters, ...Object.fromEntries(sums) },
  };
};

/** Progress in memory. */
export interface MemoryProgress extends ProgressStore {
  readonly runs: Map<string, StoredProgress>;
}

export const memoryProgress = (updatedAt = '2026-03-01T12:00:00.000Z'): MemoryProgress => {
  const runs = new Map<string, StoredProgress>();
  const of = ({ runId, attempt }: RunRef): StoredProgress => {
    const key = `${runId}#${attempt}`;
    const stored: StoredProgress = runs.get(key) ?? {
      buckets: new Map(),
      failures: new Map(),
      rejects: new Map(),
    };
    runs.set(key, stored);
    return stored;
  };
  const change = (run: RunRef, stage: Stage, update: (bucket: Bucket) => Bucket, part: number): Bucket => {
    const index = bucketOf(part);
    const key = `${stage}#${index}`;
    const empty: Bucket = { stage, index, done: new Set(), failed: new Set(), counters: {}, updatedAt };
    const next = update(of(run).buckets.get(key) ?? empty);
    of(run).buckets.set(key, next);
    return next;
  };
  return {
    runs,
    close: async (run, { stage, ...closed }) =>
      change(run, stage, (bucket) => add(bucket, 'done', closed), closed.parts[0]),
    fail: async (run, stage, part) =>
      change(run, stage, (bucket) => add(bucket, 'failed', { parts: [part] }), part),
    buckets: async (run) => [...of(run).buckets.values()],
    addFailure: async (run, failure) => {
      of(run).failures.set(`${String(failure.part).padStart(10, '0')}#${failure.stage}`, failure);
    },
    failures: async (run) => [...of(run).failures].sort().map(([, failure]) => failure),
    addRejects: async (run, part, rejects) => {
      of(run).rejects.set(part, rejects);
    },
    rejects: async (run) =>
      [...of(run).rejects].sort(([one], [other]) => one - other).map(([, value]) => value),
  };
};
