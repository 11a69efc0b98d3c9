import { keepsVersions, type ObjectStore, type VersionedObjectStore } from '@alluvium/vector-store';
import type { OperationDeps } from '../ports.ts';

/** Keys in one line of the log; a line has 256 kB at most. */
const KEYS_A_LINE = 100;

/** A store of which every deletion is in the log. */
export interface AuditedStore {
  store: ObjectStore;
  /** Writes the lines that are not full. */
  flush: () => void;
}

/** Notes what is deleted through a store, with the operation that did it. */
export const auditedStore = (
  { store, runtime }: Pick<OperationDeps, 'store' | 'runtime'>,
  facts: Record<string, unknown>,
): AuditedStore => {
  const deleted: string[] = [];
  const flush = (): void => {
    if (deleted.length > 0)
      runtime.logger.info('Objects were deleted', { ...facts, deleted: deleted.splice(0) });
  };
  const note = (key: string): void => {
    deleted.push(key);
    if (deleted.length >= KEYS_A_LINE) flush();
  };
  const noting: ObjectStore = {
    ...store,
    delete: async (key) => {
      await store.delete(key);
      note(key);
    },
  };
  if (!keepsVersions(store)) return { store: noting, flush };
  const versioned: VersionedObjectStore = {
    ...noting,
    listVersions: (prefix) => store.listVersions(prefix),
    deleteVersion: async (key, versionId) => {
      await store.deleteVersion(key, versionId);
      note(`${key}?versionId=${versionId}`);
    },
  };
  return { store: versioned, flush };
};
