/** What every part of a run goes through, in order. */
export const STAGES = ['fetched', 'derived', 'chunked', 'durable', 'applied'] as const;
export type Stage = (typeof STAGES)[number];

/** Parts of one bucket: its number set stays far below the size limit of an item. */
export const BUCKET_PARTS = 256;

const REACHED_BY: Record<string, Stage> = {
  fetch: 'fetched',
  derive: 'derived',
  chunk: 'chunked',
  embed: 'durable',
  compact: 'applied',
};

/** Index of the bucket that holds a part. */
export const bucketOf = (part: number): number => Math.floor(part / BUCKET_PARTS);

/** The stages that a part never reaches when the service of `failedStage` gives it up. */
export const stagesLost = (failedStage: string): readonly Stage[] =>
  STAGES.slice(STAGES.indexOf(REACHED_BY[failedStage] ?? 'fetched'));
