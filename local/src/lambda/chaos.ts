/** Faults on purpose, the same for the same seed and order of questions. */
export interface Chaos {
  /** Milliseconds after which the environment of an invocation is killed; undefined lets it live. */
  killAfterMs(): number | undefined;
  /** Whether a batch of messages is delivered a second time. */
  deliversTwice(): boolean;
}

const KILL_SHARE = 0.05;
const TWICE_SHARE = 0.1;
const LATEST_KILL_MS = 500;

/** Mulberry32: small, seeded, good enough to choose faults. */
const makeRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const makeChaos = (seed: number): Chaos => {
  const random = makeRandom(seed);
  return {
    killAfterMs: () => (random() < KILL_SHARE ? Math.floor(random() * LATEST_KILL_MS) : undefined),
    deliversTwice: () => random() < TWICE_SHARE,
  };
};

export const noChaos: Chaos = { killAfterMs: () => undefined, deliversTwice: () => false };
