import type { InboxItem } from './inbox-item.ts';

/** From when on PENDING deltas of an index are settled before the schedule comes round. */
export interface Thresholds {
  deltas: number;
  bytes: number;
  /** Of the oldest one. */
  ageSeconds: number;
}

/** Deltas that came since a compactor last looked, the newest one included. */
export interface Arrivals {
  deltas: number;
  bytes: number;
}

/** Time in which the doorbells of a burst gather, so that one publish takes them all. */
const GATHER_SECONDS = 2;
/** SQS delays no message longer; what comes later is the schedule's. */
const LONGEST_DELAY_SECONDS = 900;

const delayOf = ({ ageSeconds }: Thresholds): number => Math.min(ageSeconds, LONGEST_DELAY_SECONDS);

/**
 * In how many seconds to ring for a delta of `bytes` that has just arrived, or undefined when the doorbell of another one will do.
 * It rings once when a number or size is passed, however many deltas follow, and again at its next multiple: that ring may be lost.
 */
export const ringAfter = (arrivals: Arrivals, bytes: number, thresholds: Thresholds): number | undefined => {
  const passesNumber = arrivals.deltas % thresholds.deltas === 0;
  const multiples = (size: number): number => Math.floor(size / thresholds.bytes);
  const passesBytes = multiples(arrivals.bytes) > multiples(arrivals.bytes - bytes);
  if (passesNumber || passesBytes) return GATHER_SECONDS;
  return arrivals.deltas === 1 ? delayOf(thresholds) : undefined;
};

/** In how many seconds to ring for items that a compactor leaves behind: at once when they are many. */
export const ringAgainAfter = (items: readonly InboxItem[], thresholds: Thresholds): number => {
  const bytes = items.reduce((sum, { pointer }) => sum + pointer.bytes, 0);
  const areMany = items.length >= thresholds.deltas || bytes >= thresholds.bytes;
  return areMany ? GATHER_SECONDS : Math.max(GATHER_SECONDS, delayOf(thresholds));
};
