import { partKeyOf, type Checkpoint, type Fate } from '../../src/domain/unchanged.ts';
import type { CheckpointStore } from '../../src/ports.ts';

const isNewer = (left: Checkpoint, right: Checkpoint): boolean =>
  left.fence !== right.fence ? left.fence > right.fence : left.sequence > right.sequence;

/** Checkpoints kept in memory, with the same conditions as the table. */
export interface MemoryCheckpoints extends CheckpointStore {
  readonly checkpoints: Map<string, Checkpoint>;
  readonly fates: Map<string, Fate>;
}

export const memoryCheckpoints = (): MemoryCheckpoints => {
  const checkpoints = new Map<string, Checkpoint>();
  const fates = new Map<string, Fate>();
  const deletions = new Map<string, { deletedMs: number; deletedFence: number }>();
  const reverts = new Map<string, Map<string, { version: number; isOut: boolean }>>();
  const revertsOf = ({ runId, part }: { runId: string; part: number }) =>
    reverts.get(`${runId}/${part}`) ?? new Map<string, { version: number; isOut: boolean }>();
  const keyOf = (collection: string, documentId: string) => JSON.stringify([collection, documentId]);
  return {
    checkpoints,
    fates,
    read: async (collection, documentIds) =>
      new Map(
        documentIds.flatMap((documentId) => {
          const checkpoint = checkpoints.get(keyOf(collection, documentId));
          return checkpoint === undefined
            ? []
            : [[documentId, { ...checkpoint, ...deletions.get(keyOf(collection, documentId)) }] as const];
        }),
      ),
    write: async (collection, written) => {
      for (const checkpoint of written) {
        const key = keyOf(collection, checkpoint.documentId);
        const known = checkpoints.get(key);
        if (known === undefined || !isNewer(known, checkpoint)) checkpoints.set(key, checkpoint);
      }
    },
    noteDeletion: async (collection, documentIds, atMs) => {
      for (const documentId of documentIds) {
        const key = keyOf(collection, documentId);
        deletions.set(key, { deletedMs: atMs, deletedFence: checkpoints.get(key)?.fence ?? -1 });
      }
    },
    fatesOf: async (parts) =>
      new Map(
        parts.flatMap((part) => {
          const isOut = [...revertsOf(part).values()].some((told) => told.isOut);
          const fate = isOut ? 'reverted' : fates.get(partKeyOf(part));
          return fate === undefined ? [] : [[partKeyOf(part), fate] as const];
        }),
      ),
    settle: async (parts, fate) => {
      for (const part of parts)
        if (fates.get(partKeyOf(part)) !== 'applied') fates.set(partKeyOf(part), fate);
    },
    revert: async (parts, { indexPath, version, isOut }) => {
      for (const part of parts) {
        const told = revertsOf(part);
        if ((told.get(indexPath)?.version ?? 0) <= version) told.set(indexPath, { version, isOut });
        reverts.set(`${part.runId}/${part.part}`, told);
      }
    },
  };
};
