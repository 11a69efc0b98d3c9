import type { Clock } from '../common/clock.ts';

export interface Throttle {
  /** Tokens that come back each second. */
  ratePerSecond: number;
  /** Tokens there are at most, and at first. */
  burst: number;
}

/** Takes one token; false when there is none. */
export const makeTokenBucket = ({ ratePerSecond, burst }: Throttle, clock: Clock): (() => boolean) => {
  let tokens = burst;
  let filledAtMs = clock.nowMs();
  return () => {
    const nowMs = clock.nowMs();
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * ratePerSecond);
    filledAtMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};
