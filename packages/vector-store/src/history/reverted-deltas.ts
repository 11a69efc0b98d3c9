import { parseApplied, type AppliedRun } from '../publish/applied-deltas.ts';
import { readHead } from '../snapshot/head-object.ts';
import type { Head } from '../snapshot/manifest.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { currentManifest } from './versions.ts';

/** What rollbacks took out of an index and nothing let in again, as the current version has it. */
export interface RevertedDeltas {
  head: Head;
  reverted: AppliedRun[];
}

/**
 * The deltas that the current version refuses as REVERTED; undefined before the first commit. They are forgotten with their runs, 35
 * days later. Errors: HEAD_CORRUPT, MANIFEST_CORRUPT, APPLIED_CORRUPT, OBJECT_MISSING, STORE_UNAVAILABLE.
 */
export const readReverted = async (
  store: ObjectStore,
  indexPath: string,
): Promise<RevertedDeltas | undefined> => {
  const head = (await readHead(store, indexPath))?.head;
  const manifest = await currentManifest(store, head);
  if (head === undefined || manifest === undefined) return undefined;
  const pointer = manifest.publish.applied;
  const { reverted = [] } = parseApplied((await readImmutable(store, pointer)).body, pointer.key);
  return { head, reverted };
};
