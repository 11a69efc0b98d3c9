import { readHead } from '../snapshot/head-object.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { lazyAppliedSet, readOldSnapshot, type AppliedSet } from './publish-input.ts';

/** The deltas that the current snapshot of an index holds; nothing is read before it is asked. Errors: those of the store. */
export const openAppliedSet = (store: ObjectStore, indexPath: string): AppliedSet =>
  lazyAppliedSet(async () => readOldSnapshot(store, (await readHead(store, indexPath))?.head));
