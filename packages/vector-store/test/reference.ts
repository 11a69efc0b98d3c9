import { readHead } from '../src/index.ts';
import type { DeltaDocument, Head, ObjectStore } from '../src/index.ts';
import { documentMember, SetHash } from '../src/publish/set-hash.ts';
import { INDEX_PATH } from './deltas.ts';

export const headOf = async (store: ObjectStore): Promise<Head | undefined> =>
  (await readHead(store, INDEX_PATH))?.head;

export const keysOf = async (store: ObjectStore, prefix: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
};

/** What a snapshot of these states must say of itself. */
export const referenceHead = (documents: Iterable<DeltaDocument>) => {
  const hash = new SetHash();
  const counts = { documents: 0, chunks: 0, tombstones: 0 };
  for (const document of documents) {
    if (document.deleted) {
      counts.tombstones += 1;
      continue;
    }
    const chunkIds = document.chunks.map(({ chunkId }) => chunkId);
    counts.documents += 1;
    counts.chunks += chunkIds.length;
    hash.add(documentMember(document, chunkIds));
  }
  return { counts, setHash: hash.toString() };
};
