interface Waiting {
  /** Requests under way. */
  underWay: number;
  sinceMs: number;
  waitedMs: number;
}

const waits = new WeakMap<object, Waiting>();

const now = (): number => performance.now();

/** Waits for a request of a meter. Time in which several are under way counts once. */
export const waitFor = async <T>(meter: object, request: () => Promise<T>): Promise<T> => {
  const waiting = waits.get(meter) ?? { underWay: 0, sinceMs: 0, waitedMs: 0 };
  waits.set(meter, waiting);
  if (waiting.underWay === 0) waiting.sinceMs = now();
  waiting.underWay += 1;
  try {
    return await request();
  } finally {
    waiting.underWay -= 1;
    if (waiting.underWay === 0) waiting.waitedMs += now() - waiting.sinceMs;
  }
};

/** Milliseconds in which a request of the meter was under way. */
export const waitedMs = (meter: object): number => waits.get(meter)?.waitedMs ?? 0;
