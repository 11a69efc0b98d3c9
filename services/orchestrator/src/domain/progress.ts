import { BUCKET_PARTS, STAGES, type Stage } from './stages.ts';

/** Sums over parts, each part counted once. */
export interface Counters {
  documents: number;
  unchanged: number;
  rejected: number;
  chunks: number;
  deltas: number;
}

/** What became of up to {@link BUCKET_PARTS} parts at one stage. */
export interface Bucket {
  stage: Stage;
  index: number;
  done: ReadonlySet<number>;
  failed: ReadonlySet<number>;
  counters: Partial<Counters>;
  updatedAt: string;
}

/** Where one stage stands. A part that failed and got through after all is done. */
export interface StageProgress {
  done: number;
  failed: number;
}

const partsIn = (index: number, total: number): number =>
  Math.max(0, Math.min(BUCKET_PARTS, total - index * BUCKET_PARTS));

/** True when every part of the bucket, in a run of `total` parts, is done or failed. */
export const isFull = ({ index, done, failed }: Bucket, total: number): boolean => {
  const settled = [...new Set([...done, ...failed])].filter((part) => part < total);
  return settled.length >= partsIn(index, total);
};

/** True when every part of the run is done or failed at `stage`. */
export const isSettled = (buckets: readonly Bucket[], stage: Stage, total: number): boolean => {
  // Counted from what is there: an event may claim more parts than memory could list.
  const count = Math.ceil(total / BUCKET_PARTS);
  const full = buckets.filter(
    (bucket) => bucket.stage === stage && bucket.index < count && isFull(bucket, total),
  );
  return new Set(full.map(({ index }) => index)).size === count;
};

/** Parts done and failed at every stage. */
export const progressOf = (buckets: readonly Bucket[]): Record<Stage, StageProgress> => {
  const of = (stage: Stage): StageProgress => {
    const own = buckets.filter((bucket) => bucket.stage === stage);
    const failed = own.flatMap((bucket) => [...bucket.failed].filter((part) => !bucket.done.has(part)));
    return { done: own.reduce((sum, { done }) => sum + done.size, 0), failed: failed.length };
  };
  return Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, StageProgress>;
};

/** Parts that are in the snapshot, or had nothing for it. */
export const appliedParts = (buckets: readonly Bucket[]): Set<number> =>
  new Set(buckets.filter(({ stage }) => stage === 'applied').flatMap(({ done }) => [...done]));

/** Sum of the counters of all buckets. */
export const countersOf = (buckets: readonly Bucket[]): Counters => {
  const sum = (name: keyof Counters): number =>
    buckets.reduce((total, { counters }) => total + (counters[name] ?? 0), 0);
  return {
    documents: sum('documents'),
    unchanged: sum('unchanged'),
    rejected: sum('rejected'),
    chunks: sum('chunks'),
    deltas: sum('deltas'),
  };
};

/** How much of a run is settled: it grows with whatever moves. */
export const settledCount = (buckets: readonly Bucket[]): number =>
  buckets.reduce((sum, { done, failed }) => sum + done.size + failed.size, 0);
