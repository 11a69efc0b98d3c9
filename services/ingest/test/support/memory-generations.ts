import type { Generation, GenerationStore } from '../../src/ports.ts';

/** Generations kept in memory, with the same order as the table. */
export interface MemoryGenerations extends GenerationStore {
  readonly generations: Map<string, Generation[]>;
}

export const memoryGenerations = (): MemoryGenerations => {
  const generations = new Map<string, Generation[]>();
  const deletions = new Map<string, Map<string, number>>();
  const rollbacks = new Map<string, number>();
  const keyOf = (collection: string, source: string): string => `${collection}/${source}`;
  return {
    generations,
    newest: async (collection, source, limit) =>
      [...(generations.get(keyOf(collection, source)) ?? [])]
        .sort((left, right) => right.fence - left.fence)
        .slice(0, limit),
    add: async (collection, source, generation) => {
      const key = keyOf(collection, source);
      const others = (generations.get(key) ?? []).filter(({ fence }) => fence !== generation.fence);
      generations.set(key, [...others, generation]);
    },
    noteRollback: async (collection, atMs) => {
      rollbacks.set(collection, Math.max(atMs, rollbacks.get(collection) ?? 0));
    },
    lastRollbackMs: async (collection) => rollbacks.get(collection),
    noteDeletion: async (collection, source, { keys, atMs }) => {
      const known = deletions.get(keyOf(collection, source)) ?? new Map<string, number>();
      for (const key of keys) known.set(key, atMs);
      deletions.set(keyOf(collection, source), known);
    },
    deletedSince: async (collection, source, sinceMs) =>
      [...(deletions.get(keyOf(collection, source)) ?? [])]
        .filter(([, atMs]) => atMs >= sinceMs)
        .map(([key]) => key),
  };
};
