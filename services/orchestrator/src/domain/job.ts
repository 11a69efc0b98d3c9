import type {
  FailureV1,
  IngestionSourceV1,
  JobCompletedV1,
  JobFailedV1,
  JobsV1,
  JobV1,
  PointerV1,
  RejectV1,
  RunCompletedV1,
} from '@alluvium/contracts';
import type { KeptChat } from './chat/machine.ts';
import type { MissingParts } from './missing.ts';
import { appliedParts, countersOf, isSettled, progressOf, type Bucket } from './progress.ts';
import { STAGES } from './stages.ts';

/** How a run ended; it never ends another way afterwards. */
export type Outcome = 'done' | 'failed' | 'cancelled' | 'stalled';

/** What is known of a run beside the progress of its parts. Facts are added, never taken back, within an attempt. */
export interface Job {
  jobId: string;
  attempt: number;
  collection: string;
  createdAt: string;
  updatedAt: string;
  source?: string;
  startedAt?: string;
  /** Number of parts, once the crawl is over. */
  total?: number;
  /** The crawl was given up: the run will not be sealed. */
  crawlFailed?: boolean;
  compactionRequested?: boolean;
  outcome?: Outcome;
  completedAt?: string;
  totals?: JobV1['totals'];
  /** Why the run ended before its time. */
  error?: FailureV1;
  /** What the run reads, and the fence it reads it with: for sending it on its way again. */
  reads?: IngestionSourceV1;
  fence?: number;
  /** How often the run was sent on its way again since it last moved, and when. */
  nudges?: { count: number; at: string; settled: number };
  /** Providers answer batches within a day: until then nothing need move. */
  waitsUntil?: string;
  /** Of a stalled run. */
  missing?: MissingParts[];
  /** A run, unless it says something else. */
  kind?: 'chat';
  chat?: { sessionId: string; kept: KeptChat };
  promptPreview?: string;
  resultSummary?: string;
  result?: PointerV1;
  /** The operation that began this attempt. */
  replayedBy?: string;
}

/** A job in its last state. */
export type EndedJob = Job & { outcome: Outcome };

/** What an event tells of a run as a whole. */
export type JobFacts = Pick<Job, 'source' | 'startedAt' | 'total' | 'crawlFailed' | 'reads' | 'fence'>;

/** A part that a stage gave up. */
export interface PartFailure {
  part: number;
  stage: string;
  error: FailureV1;
}

/** Events may be made by hand and come in any order: a run may be known before its source is. */
const UNKNOWN_SOURCE = 'unknown';

const merge = (job: Job, facts: JobFacts, now: string): Job | undefined => {
  const merged: Job = { ...facts, ...job, updatedAt: now };
  if (job.startedAt === undefined && facts.startedAt !== undefined) merged.createdAt = facts.startedAt;
  return Object.keys(merged).length === Object.keys(job).length ? undefined : merged;
};

/** What is the same in every attempt of a run. */
export const knownOf = (job: Job | undefined): Pick<Job, 'source' | 'reads'> => ({
  ...(job?.source === undefined ? {} : { source: job.source }),
  ...(job?.reads === undefined ? {} : { reads: job.reads }),
});

/** The job with the facts of one event; undefined when they are known, or of an older attempt. */
export const addFacts = (
  job: Job | undefined,
  { jobId, attempt, collection }: Pick<Job, 'jobId' | 'attempt' | 'collection'>,
  facts: JobFacts,
  now: string,
): Job | undefined => {
  if (job?.attempt === attempt) return merge(job, facts, now);
  if (job !== undefined && job.attempt > attempt) return undefined;
  const createdAt = facts.startedAt ?? job?.createdAt ?? now;
  // The id of a run is a hash of what it reads: who said it first is right.
  return { ...facts, ...knownOf(job), jobId, attempt, collection, createdAt, updatedAt: now };
};

/**
 * True when nothing more will happen: every part is settled at every stage, so that the totals are final, or the
 * crawl was given up.
 */
export const isOver = (job: Job, buckets: readonly Bucket[]): boolean => {
  if (job.crawlFailed === true) return true;
  const { startedAt, total } = job;
  if (startedAt === undefined || total === undefined) return false;
  return STAGES.every((stage) => isSettled(buckets, stage, total));
};

/** True when all vectors of a sealed run are stored and none of its deltas was asked to be settled yet. */
export const wantsCompaction = (job: Job, buckets: readonly Bucket[]): boolean =>
  job.total !== undefined &&
  job.compactionRequested !== true &&
  countersOf(buckets).deltas > 0 &&
  isSettled(buckets, 'durable', job.total);

const totalsOf = (buckets: readonly Bucket[]): JobV1['totals'] => {
  const { documents, unchanged, rejected, chunks } = countersOf(buckets);
  return { documents, unchanged, rejected, chunks };
};

/** The job in its last state. */
export const complete = (job: Job, buckets: readonly Bucket[], now: string): EndedJob => {
  const isFailed = job.crawlFailed === true || progressOf(buckets).applied.failed > 0;
  const outcome = isFailed ? 'failed' : 'done';
  return { ...job, outcome, completedAt: now, updatedAt: now, totals: totalsOf(buckets) };
};

/** How a job ends before its time. */
export interface Ending {
  outcome: 'cancelled' | 'stalled';
  error: FailureV1;
  missing?: MissingParts[];
}

/** The job ended before its time; it never ends another way afterwards. */
export const end = (
  job: Job,
  buckets: readonly Bucket[],
  { now, ...ending }: Ending & { now: string },
): EndedJob => ({ ...job, ...ending, completedAt: now, updatedAt: now, totals: totalsOf(buckets) });

const kindOf = ({ kind }: Job): string => kind ?? 'run';

const FAILED_RUN: FailureV1 = { code: 'RUN_FAILED', message: 'Parts failed; the status lists them.' };

/** What job.failed says of a run. */
export const failureOfJob = (job: EndedJob): JobFailedV1['data'] => ({
  ...{ jobId: job.jobId, kind: kindOf(job), state: job.outcome, collection: job.collection },
  ...{ failedAt: job.completedAt ?? job.updatedAt, error: job.error ?? FAILED_RUN },
});

/** What job.completed says of a run. */
export const successOfJob = (job: EndedJob): JobCompletedV1['data'] => ({
  ...{ jobId: job.jobId, kind: kindOf(job), collection: job.collection },
  completedAt: job.completedAt ?? job.updatedAt,
  ...(job.result && { result: job.result }),
  resultSummary:
    job.resultSummary ??
    `${job.totals?.documents ?? 0} documents are in the snapshot, ${job.totals?.unchanged ?? 0} were unchanged.`,
});

/** What run.completed says of a job that {@link complete} made. */
export const completionOf = (job: EndedJob, buckets: readonly Bucket[]): RunCompletedV1['data'] => {
  const { applied, fetched } = progressOf(buckets);
  return {
    runId: job.jobId,
    attempt: job.attempt,
    collection: job.collection,
    source: job.source ?? UNKNOWN_SOURCE,
    outcome: job.outcome,
    totals: {
      parts: job.total ?? fetched.done + fetched.failed,
      failedParts: applied.failed,
      ...totalsOf(buckets),
    },
    startedAt: job.startedAt ?? job.createdAt,
    completedAt: job.completedAt ?? job.updatedAt,
  };
};

const stateOf = ({ outcome, startedAt }: Job): string =>
  outcome ?? (startedAt === undefined ? 'queued' : 'running');

/** A job among others. */
export const summaryOf = (job: Job): JobsV1['jobs'][number] => ({
  jobId: job.jobId,
  kind: kindOf(job),
  state: stateOf(job),
  attempt: job.attempt,
  collection: job.collection,
  source: job.source ?? UNKNOWN_SOURCE,
  createdAt: job.createdAt,
  updatedAt: job.updatedAt,
  ...(job.totals === undefined ? {} : { totals: job.totals }),
  ...(job.promptPreview === undefined ? {} : { promptPreview: job.promptPreview }),
});

/** When a job or one of its parts last moved. */
export const movedAt = (job: Job, buckets: readonly Bucket[]): string =>
  [job.updatedAt, ...buckets.map(({ updatedAt }) => updatedAt)].reduce((latest, at) =>
    at > latest ? at : latest,
  );

const endingOf = ({ error, missing, chat, resultSummary, result }: Job): Partial<JobV1> => ({
  ...(error && { error }),
  ...(missing && { missing }),
  ...(chat && { sessionId: chat.sessionId }),
  ...(resultSummary && { resultSummary }),
  ...(result && { result }),
});

/** A job with everything that is known of it. */
export const reportOf = (
  job: Job,
  buckets: readonly Bucket[],
  { failures, rejects }: { failures: readonly PartFailure[]; rejects: readonly RejectV1[] },
): JobV1 => {
  const applied = appliedParts(buckets);
  // What failed first and got through later is no failure, unless the run has ended over it.
  const lasting = failures.filter(
    ({ part }) => (job.outcome !== undefined && job.outcome !== 'done') || !applied.has(part),
  );
  return {
    ...summaryOf(job),
    attempt: job.attempt,
    source: job.source ?? UNKNOWN_SOURCE,
    updatedAt: movedAt(job, buckets),
    ...(job.total === undefined ? {} : { parts: job.total }),
    steps: progressOf(buckets),
    totals: totalsOf(buckets),
    complete: job.outcome === 'done' || job.outcome === 'failed',
    ...endingOf(job),
    ...(rejects.length === 0 ? {} : { rejects: [...rejects] }),
    ...(lasting.length === 0 ? {} : { failures: lasting }),
  };
};
