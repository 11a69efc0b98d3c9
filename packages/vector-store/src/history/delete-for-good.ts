import { keepsVersions, type ListedVersion, type ObjectStore } from '../store/object-store.ts';
import { inBatches } from './in-batches.ts';

/** Deletes an object with every version of it, where the store keeps them. May be repeated. Errors: STORE_UNAVAILABLE, STORE_DENIED. */
export const deleteForGood = async (store: ObjectStore, key: string): Promise<void> => {
  await store.delete(key);
  if (!keepsVersions(store)) return;
  for await (const version of store.listVersions(key))
    if (version.key === key) await store.deleteVersion(key, version.versionId);
};

/**
 * Deletes the versions under some prefixes that are behind what is current, and the markers of deletions. Markers go last: without its
 * marker a deleted object would be there again. `beforeEach` may stop it. Errors: STORE_UNAVAILABLE, STORE_DENIED.
 */
export const purgeNoncurrent = async (
  store: ObjectStore,
  prefixes: readonly string[],
  beforeEach: () => void | Promise<void> = () => undefined,
): Promise<void> => {
  if (!keepsVersions(store)) return;
  const [behind, markers]: [ListedVersion[], ListedVersion[]] = [[], []];
  for (const prefix of prefixes)
    for await (const version of store.listVersions(prefix))
      if (!version.isLatest) behind.push(version);
      else if (version.isDeleteMarker) markers.push(version);
  for (const some of [behind, markers])
    await inBatches(some, async ({ key, versionId }) => {
      await beforeEach();
      await store.deleteVersion(key, versionId);
    });
};
