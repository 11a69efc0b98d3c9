import { PipelineError } from '@alluvium/contracts';
import { isOver, type Batch } from '../../src/domain/batch.ts';
import type { BatchTable } from '../../src/ports.ts';

/** Batches without a table. */
export interface MemoryBatches extends BatchTable {
  readonly stored: Map<string, Batch>;
}

export const memoryBatches = (): MemoryBatches => {
  const stored = new Map<string, Batch>();
  const polls = new Map<string, number>();
  const open = (): Batch[] => [...stored.values()].filter((batch) => !isOver(batch));
  return {
    stored,
    add: async (batch) => {
      const found = stored.get(batch.batchId);
      if (found === undefined) stored.set(batch.batchId, structuredClone(batch));
      return structuredClone(found ?? batch);
    },
    find: async (batchId) => structuredClone(stored.get(batchId)),
    save: async (batch) => {
      if (stored.get(batch.batchId)?.revision !== batch.revision)
        throw new PipelineError('changed', { code: 'BATCH_CHANGED', kind: 'conflict' });
      const saved = structuredClone({ ...batch, revision: batch.revision + 1 });
      stored.set(batch.batchId, saved);
      return structuredClone(saved);
    },
    open: async () => structuredClone(open()),
    isAnyOpen: async () => open().length > 0,
    countPoll: async (batchId) => {
      const poll = (polls.get(batchId) ?? 0) + 1;
      polls.set(batchId, poll);
      return poll;
    },
  };
};
