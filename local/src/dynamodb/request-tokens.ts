import type { BatchEntry } from 'dynalite/db/index.js';
import { apiError } from './api-error.ts';
import type { DynamoDbContext } from './context.ts';
import { rangeOf } from './write-batch.ts';

const PREFIX = 'token~';

/** A token protects a repeated request for ten minutes. */
const LIFETIME_MS = 600_000;

interface Remembered {
  signature: string;
  untilMs: number;
}

/** Whether this very request was carried out already; another request under the same token is refused. */
export const recallToken = async (
  { store, clock }: DynamoDbContext,
  token: string,
  signature: string,
): Promise<boolean> => {
  const seen = (await store.db.get(PREFIX + token)) as Remembered | undefined;
  if (seen === undefined || seen.untilMs <= clock.nowMs()) return false;
  if (seen.signature === signature) return true;
  throw apiError(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
  );
};

export const rememberToken = ({ clock }: DynamoDbContext, token: string, signature: string): BatchEntry => ({
  type: 'put',
  key: PREFIX + token,
  value: { signature, untilMs: clock.nowMs() + LIFETIME_MS } satisfies Remembered,
});

export const forgetOldTokens = async ({ store, clock }: DynamoDbContext): Promise<void> => {
  const old: BatchEntry[] = [];
  for await (const [key, value] of store.db.iterator(rangeOf(PREFIX))) {
    if ((value as Remembered).untilMs <= clock.nowMs()) old.push({ type: 'del', key });
  }
  if (old.length > 0) await store.db.batch(old);
};
