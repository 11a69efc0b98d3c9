/** How long a delta may lie before its event counts as lost: longer than a rule and a queue take to deliver on a bad day. */
export const LOST_AFTER_MS = 30 * 60 * 1000;
/** Older deltas are let lie: a snapshot forgets what it applied after 35 days, so that they could not be told from applied ones. */
export const LOST_UNTIL_MS = 30 * 24 * 3600 * 1000;

/** Folder of all deltas in the data bucket. */
export const DELTAS_PREFIX = 'embeddings/';

/** A delta as its key tells of it. */
export interface DeltaPlace {
  key: string;
  collection: string;
  runId: string;
  part: number;
  deltaId: string;
}

const KEY = /^embeddings\/([a-z0-9][a-z0-9-]{0,62})\/([0-9a-z]{26})\/(\d{1,9})-([0-9a-z]{26})$/;

/** What a key says, or undefined when it is not that of a delta. */
export const placeOf = (key: string): DeltaPlace | undefined => {
  const [, collection = '', runId = '', part = '', deltaId = ''] = KEY.exec(key) ?? [];
  return collection === '' ? undefined : { key, collection, runId, part: Number(part), deltaId };
};

/** True while a delta of this age must have been announced and can still be applied. */
export const mayBeLost = (lastModifiedMs: number, nowMs: number): boolean =>
  nowMs - lastModifiedMs > LOST_AFTER_MS && nowMs - lastModifiedMs < LOST_UNTIL_MS;
