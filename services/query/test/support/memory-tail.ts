import type { PendingDelta } from '../../src/domain/pending-delta.ts';
import type { TailTable } from '../../src/ports.ts';

/** The tail kept in memory, with the same conditions as the table. */
export interface MemoryTail extends TailTable {
  readonly waiting: Map<string, PendingDelta>;
  readonly settled: Set<string>;
}

const keyOf = (indexPath: string, deltaId: string): string => `${indexPath} ${deltaId}`;

export const memoryTail = (): MemoryTail => {
  const waiting = new Map<string, PendingDelta>();
  const settled = new Set<string>();
  return {
    waiting,
    settled,
    add: async (indexPath, delta) => {
      const key = keyOf(indexPath, delta.deltaId);
      if (!waiting.has(key) && !settled.has(key)) waiting.set(key, delta);
    },
    settle: async (indexPath, deltaId) => {
      waiting.delete(keyOf(indexPath, deltaId));
      settled.add(keyOf(indexPath, deltaId));
    },
    pending: async (indexPath) =>
      [...waiting.entries()].filter(([key]) => key.startsWith(`${indexPath} `)).map(([, delta]) => delta),
  };
};
