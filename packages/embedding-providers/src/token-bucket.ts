import type { ProviderClock } from './ports.ts';

const MINUTE_MS = 60_000;

/** Keeps a rate: callers wait for their turn, in the order in which they came. */
export interface TokenBucket {
  /** Takes `count` of what a minute gives; one that is larger than a minute's share waits for a full bucket. */
  take: (count: number) => Promise<void>;
}

/** A bucket that is full at first and fills evenly; without a rate nobody waits. */
export const tokenBucket = (perMinute: number | undefined, clock: ProviderClock): TokenBucket => {
  if (perMinute === undefined) return { take: () => Promise.resolve() };
  let level = perMinute;
  let filledAtMs = clock.nowMs();
  let turn: Promise<void> = Promise.resolve();
  const fill = (): void => {
    const nowMs = clock.nowMs();
    level = Math.min(perMinute, level + ((nowMs - filledAtMs) * perMinute) / MINUTE_MS);
    filledAtMs = nowMs;
  };
  const takeNow = async (count: number): Promise<void> => {
    const wanted = Math.min(count, perMinute);
    fill();
    while (level < wanted) {
      await clock.pause(Math.ceil(((wanted - level) * MINUTE_MS) / perMinute));
      fill();
    }
    level -= wanted;
  };
  return {
    take: (count) => {
      turn = turn.then(() => takeNow(count));
      return turn;
    },
  };
};
