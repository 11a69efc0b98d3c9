import type { LeaseChange, LeaseItem, LeaseKey, LeaseTable } from './lease-table.ts';

/** The item after a write; `failure` is the error of a write that had no answer. */
export interface Settlement {
  item: LeaseItem | undefined;
  failure?: Error | undefined;
}

/**
 * Writes and finds out what became of it: the caller compares `item.rvn` with the one it wrote. That also recognizes an
 * own success which a retry of the SDK turned into a failed condition. A call without answer is resolved by a
 * consistent read; when that fails too, its error is thrown.
 */
export const settleLeaseWrite = async (
  table: LeaseTable,
  key: LeaseKey,
  change: LeaseChange,
): Promise<Settlement> => {
  let outcome;
  try {
    outcome = await table.write(key, change);
  } catch (failure) {
    return { item: await table.read(key), failure: failure as Error };
  }
  return { item: outcome.done ? outcome.item : outcome.current };
};
