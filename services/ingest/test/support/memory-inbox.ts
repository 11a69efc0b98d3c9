import { PipelineError, sha256Hex } from '@alluvium/contracts';
import type { Inbox } from '../../src/ports.ts';

/** An inbox in memory; bodies come in chunks, as from the network. */
export const memoryInbox = (stored: Map<string, Uint8Array>, chunkBytes = 64 * 1024): Inbox => ({
  list: async (prefix) =>
    [...stored.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => ({ key, sizeBytes: stored.get(key)!.length, etag: sha256Hex(stored.get(key)!) })),
  open: async (key, etag) => {
    const bytes = stored.get(key);
    if (bytes === undefined) return undefined;
    const own = sha256Hex(bytes);
    if (etag !== undefined && etag !== own) {
      throw new PipelineError(`${key} changed`, { code: 'INBOX_CHANGED', kind: 'conflict' });
    }
    async function* chunks() {
      for (let at = 0; at < bytes!.length; at += chunkBytes) yield bytes!.subarray(at, at + chunkBytes);
    }
    const lastModified = '2026-03-01T11:00:00.000Z';
    return { sizeBytes: bytes.length, lastModified, etag: own, body: chunks(), discard: () => undefined };
  },
});
