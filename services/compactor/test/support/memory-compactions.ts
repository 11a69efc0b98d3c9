import type { Compaction, MergeInput } from '../../src/domain/fan-out.ts';
import type { CompactionStore } from '../../src/ports.ts';

/** Compactions kept in memory, with the same conditions as the table. */
export const memoryCompactions = (): CompactionStore => {
  const open = new Map<string, Compaction>();
  const outputs = new Map<string, Map<string, MergeInput>>();
  return {
    open: async (compaction, replaces) => {
      const present = open.get(compaction.indexPath);
      if (present !== undefined && present.compactionId !== replaces) return false;
      open.set(compaction.indexPath, compaction);
      return true;
    },
    find: async (indexPath) => {
      const compaction = open.get(indexPath);
      return compaction && { ...compaction, outputs: new Map(outputs.get(compaction.compactionId)) };
    },
    complete: async ({ compactionId }, { mergeId, output }) => {
      const made = outputs.get(compactionId) ?? new Map<string, MergeInput>();
      outputs.set(compactionId, made.set(mergeId, output));
    },
    close: async ({ indexPath, compactionId }) => {
      if (open.get(indexPath)?.compactionId === compactionId) open.delete(indexPath);
    },
  };
};
