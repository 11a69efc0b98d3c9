import type { RegisteredIndex } from '../../src/domain/inbox-item.ts';
import type { Doorbell } from '../../src/ports.ts';

export type Ring = RegisteredIndex & { delaySeconds: number };

/** A doorbell that keeps its rings until somebody takes them. */
export interface MemoryDoorbell extends Doorbell {
  readonly rings: Ring[];
  take(): Ring[];
}

export const memoryDoorbell = (): MemoryDoorbell => {
  const rings: Ring[] = [];
  return {
    rings,
    take: () => rings.splice(0),
    ring: async (index, delaySeconds) => {
      rings.push({ ...index, delaySeconds });
    },
  };
};
