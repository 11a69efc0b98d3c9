import { PipelineError } from '@alluvium/contracts';
import type { Caller } from './caller.ts';

/** Keys that one environment remembers; of more the one that was asked least recently begins anew. */
const MAX_KEYS = 1000;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Takes a token of a caller. Error: TOO_MANY_REQUESTS with details.retryAfterSeconds. */
export type TakeToken = (caller: Caller, nowMs: number) => void;

const refused = ({ keyId, ratePerSecond = 1 }: Caller, missing: number): PipelineError => {
  const retryAfterSeconds = Math.max(1, Math.ceil(missing / ratePerSecond));
  return new PipelineError(
    `The key ${keyId} asks too often, its rate is ${ratePerSecond} a second: come again in ${retryAfterSeconds} s.`,
    { code: 'TOO_MANY_REQUESTS', kind: 'unavailable', details: { retryAfterSeconds } },
  );
};

/**
 * A token bucket for each key, in this execution environment: several of them let through several times as much, up to the throttle
 * of the API, and no request waits for a table.
 */
export const keyBuckets = (): TakeToken => {
  const buckets = new Map<string, Bucket>();
  return (caller, nowMs) => {
    const { keyId, ratePerSecond, burst = Math.max(1, ratePerSecond ?? 1) } = caller;
    if (ratePerSecond === undefined) return;
    const known = buckets.get(keyId) ?? { tokens: burst, filledAtMs: nowMs };
    const seconds = Math.max(0, nowMs - known.filledAtMs) / 1000;
    const tokens = Math.min(burst, known.tokens + seconds * ratePerSecond);
    // A Map keeps the order of insertion.
    buckets.delete(keyId);
    buckets.set(keyId, { tokens: tokens < 1 ? tokens : tokens - 1, filledAtMs: nowMs });
    const [oldest] = buckets.keys();
    if (buckets.size > MAX_KEYS && oldest !== undefined) buckets.delete(oldest);
    if (tokens < 1) throw refused(caller, 1 - tokens);
  };
};
