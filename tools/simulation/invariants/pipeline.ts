import { firstOf, type Invariant } from './invariant.ts';

const few = (names: readonly (string | number)[]): string => names.slice(0, 3).join(', ');

/** Announcements of a run's end. */
export interface Completion {
  runId: string;
  /** Ids of the events that told of it; one may come more than once. */
  eventIds: readonly string[];
  /** It was said to have ended before its time. */
  isGivenUp: boolean;
}

/** A run ends once; whoever waits for its end need not look twice. */
export const completedOnce: Invariant<Completion> = {
  id: 'S12',
  says: 'run.completed is emitted once for each run, and not at all for one that is given up',
  fault: ({ runId, eventIds, isGivenUp }) =>
    eventIds.length === (isGivenUp ? 0 : 1)
      ? undefined
      : `run ${runId} is completed by ${eventIds.length} events${isGivenUp ? ' and given up' : ''}`,
};

/** A run that is said to be over, and what became of its parts. */
export interface Ended {
  runId: string;
  outcome: string;
  /** Of the sealed list of parts; undefined: there is none. */
  parts: number | undefined;
  /** The crawl was given up. */
  isCrawlFailed: boolean;
  /** Parts that are in a version, or had nothing for it. */
  applied: ReadonlySet<number>;
  /** Parts that somebody said to be lost. */
  failed: ReadonlySet<number>;
}

/** Done means that everything is in the index; failed that somebody can say what is not. */
export const endedIsTrue: Invariant<Ended> = {
  id: 'S11',
  says: 'a run is done only when all of its parts are in the index, and failed only when one is lost',
  fault: ({ runId, outcome, parts, isCrawlFailed, applied, failed }) => {
    if (!['done', 'failed'].includes(outcome)) return undefined;
    if (outcome === 'failed')
      return failed.size === 0 && !isCrawlFailed ? `run ${runId} is failed, and nothing is` : undefined;
    if (parts === undefined) return `run ${runId} is done and is not sealed`;
    const open = Array.from({ length: parts }, (_, part) => part).filter((part) => !applied.has(part));
    return open.length > 0
      ? `run ${runId} is done, and of its ${parts} parts ${few(open)} are not in the index`
      : undefined;
  },
};

/** One write of a job. */
export interface JobMove {
  jobId: string;
  before: { attempt: number; outcome?: string; completedAt?: string } | undefined;
  after: { attempt: number; outcome?: string; completedAt?: string } | undefined;
}

/** What has ended has ended, whatever comes late. */
export const jobEndsAbsorb: Invariant<JobMove> = {
  id: 'S16',
  says: 'a job that has ended stays as it is, in that attempt',
  fault: ({ jobId, before, after }) => {
    if (before === undefined) return undefined;
    if (after === undefined) return `job ${jobId} is gone`;
    const isSame = before.outcome === after.outcome && before.completedAt === after.completedAt;
    return firstOf(
      after.attempt < before.attempt &&
        `job ${jobId} goes back from attempt ${before.attempt} to ${after.attempt}`,
      after.attempt === before.attempt &&
        before.outcome !== undefined &&
        !isSame &&
        `job ${jobId} was ${before.outcome} and becomes ${after.outcome}`,
    );
  },
};

/** What a checkpoint says of where ingest stands, and what of it is missing in the bucket. */
export interface CheckpointMove {
  what: string;
  missing: readonly string[];
}

/** What ingest remembers can be read again by whoever comes after. */
export const checkpointIsDurable: Invariant<CheckpointMove> = {
  id: 'S15',
  says: 'a checkpoint is never ahead of what is stored durably',
  fault: ({ what, missing }) =>
    missing.length > 0 ? `${what} is remembered, and ${few(missing)} is not stored` : undefined,
};

/** A document that was left out because it is said to be the same as before. */
export interface Dropped {
  documentId: string;
  runId: string;
  part: number;
  /** Some other part carried this very content, and was not known to be lost when this one came. */
  isCarried: boolean;
}

/** Left out is only what somebody else brings. */
export const droppedIsCarried: Invariant<Dropped> = {
  id: 'S19',
  says: 'a document dropped as unchanged is in an applied or pending delta',
  fault: ({ documentId, runId, part, isCarried }) =>
    isCarried ? undefined : `part ${part} of run ${runId} drops ${documentId}, which no other part brings`,
};

/** What the source holds in the end, and what the index does; texts by document id. */
export interface Convergence {
  source: ReadonlyMap<string, string>;
  index: ReadonlyMap<string, string>;
}

/** Nothing that was left out stays out. */
export const indexIsSource: Invariant<Convergence> = {
  id: 'S19',
  says: 'when faults have stopped and the source was read again, the index holds what the source holds',
  fault: ({ source, index }) => {
    const other = [...source].find(([id, text]) => index.get(id) !== text);
    const surplus = [...index.keys()].find((id) => !source.has(id));
    return firstOf(
      other && `${other[0]} is "${other[1]}" in the source and "${index.get(other[0]) ?? ''}" in the index`,
      surplus !== undefined && `${surplus} is in the index and not in the source any more`,
    );
  },
};
