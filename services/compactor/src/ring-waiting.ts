import type { CompactorDeps } from './ports.ts';

/** Rings for every registered index that has PENDING deltas, of one collection or of all. */
export const ringWaiting = async (
  { inbox, doorbell }: Pick<CompactorDeps, 'inbox' | 'doorbell'>,
  collection?: string,
): Promise<void> => {
  for (const index of await inbox.indexes(collection))
    if (await inbox.hasPending(index.indexPath)) await doorbell.ring(index, 0);
};
