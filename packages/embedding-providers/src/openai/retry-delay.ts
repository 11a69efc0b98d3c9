const LONGEST_PAUSE_MS = 30_000;
const FIRST_PAUSE_MS = 500;

/** Milliseconds that an answer asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date; undefined when it says nothing. */
export const retryAfterMs = (headers: Headers, nowMs: number): number | undefined => {
  const inMs = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(inMs) && inMs >= 0) return inMs;
  const text = headers.get('retry-after');
  if (text === null || text === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
};

/** Exponential, with half of it left to chance, so that many who failed together do not come back together. */
export const backoffMs = (tries: number, random: () => number): number => {
  const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
  return fullMs / 2 + (random() * fullMs) / 2;
};
