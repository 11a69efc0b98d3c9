import type { SourceDocuments } from '../../src/ports.ts';

/** The documents of sources in a bucket in memory. */
export const memoryDocuments = (stored: Map<string, Uint8Array>): SourceDocuments => ({
  put: async (key, bytes) => {
    stored.set(key, bytes);
  },
  remove: async (key) => {
    stored.delete(key);
  },
});
