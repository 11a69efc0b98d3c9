import { headKey } from '../snapshot/index-paths.ts';
import { keepsVersions, type ListedVersion, type ObjectStore } from '../store/object-store.ts';

/** How long versions of objects stay after something took their place. */
export interface NoncurrentRetention {
  noncurrentMs: number;
  /** HEAD's are what is left when everything else went wrong. */
  noncurrentHeadMs: number;
}

/**
 * Versions of objects of an index that were replaced or deleted long enough ago. Empty for a store without versions. What is current is
 * never among them, but a deletion's marker is once nothing is behind it.
 */
export const oldVersions = async (
  store: ObjectStore,
  indexPath: string,
  { noncurrentMs, noncurrentHeadMs, nowMs }: NoncurrentRetention & { nowMs: number },
): Promise<ListedVersion[]> => {
  if (!keepsVersions(store)) return [];
  const old: ListedVersion[] = [];
  let newer: ListedVersion | undefined;
  let marker: ListedVersion | undefined;
  const isOld = (key: string, sinceMs: number): boolean =>
    nowMs - sinceMs > (key === headKey(indexPath) ? noncurrentHeadMs : noncurrentMs);
  // A marker goes when no version of its key stays behind it.
  const endKey = (): void => {
    if (marker && isOld(marker.key, marker.lastModified.getTime())) old.push(marker);
    marker = undefined;
  };
  for await (const version of store.listVersions(indexPath)) {
    if (version.key !== newer?.key) endKey();
    if (version.isLatest) marker = version.isDeleteMarker ? version : undefined;
    else if (newer?.key === version.key && isOld(version.key, newer.lastModified.getTime()))
      old.push(version);
    else marker = undefined;
    newer = version;
  }
  endKey();
  return old;
};
