import { garbagePrefix } from '../snapshot/index-paths.ts';
import { corruptObject } from '../store/store-errors.ts';
import type { ObjectStore } from '../store/object-store.ts';

/**
 * What time it is for the store, in milliseconds since the epoch: ages of objects are told by its clock, and a machine whose own clock
 * runs ahead would take what was written a minute ago for old.
 */
export const bucketTime = async (store: ObjectStore, indexPath: string): Promise<number> => {
  const key = `${garbagePrefix(indexPath)}clock`;
  await store.put(key, new Uint8Array());
  for await (const listed of store.list(key)) if (listed.key === key) return listed.lastModified.getTime();
  throw corruptObject('OBJECT_MISSING', `${key} was written and is not listed`, { key });
};
