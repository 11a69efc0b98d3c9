import type { Clock } from '../src/common/clock.ts';

interface Timer {
  dueAtMs: number;
  callback: () => void;
}

/** A clock that stands still until it is told to advance. */
export interface ManualClock extends Clock {
  /** Moves the time and runs what has fallen due, in order. */
  advance(byMs: number): void;
}

export const makeManualClock = (startMs = 1_700_000_000_000): ManualClock => {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const takeDue = (untilMs: number): Timer | undefined => {
    const due = [...timers]
      .filter(({ dueAtMs }) => dueAtMs <= untilMs)
      .sort((a, b) => a.dueAtMs - b.dueAtMs)[0];
    if (due !== undefined) timers.delete(due);
    return due;
  };
  return {
    nowMs: () => nowMs,
    after: (delayMs, callback) => {
      const timer = { dueAtMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (let timer = takeDue(untilMs); timer !== undefined; timer = takeDue(untilMs)) {
        nowMs = Math.max(nowMs, timer.dueAtMs);
        timer.callback();
      }
      nowMs = untilMs;
    },
  };
};
