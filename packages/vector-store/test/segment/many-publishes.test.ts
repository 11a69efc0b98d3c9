import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  foldDocuments,
  memoryObjectStore,
  openSnapshot,
  verifySnapshot,
  type Snapshot,
} from '../../src/index.ts';
import { arbitraryDocument, deltaOf, INDEX_PATH, vectorOf } from '../deltas.ts';
import { publishDeltas } from '../publisher.ts';
import { headOf, referenceHead } from '../reference.ts';

const publishes = fc.array(fc.array(arbitraryDocument, { minLength: 1, maxLength: 5 }), {
  minLength: 1,
  maxLength: 14,
});

describe('many publishes in any order', () => {
  it('leave the newest state of every document, once, in whichever segments', async () => {
    await fc.assert(
      fc.asyncProperty(
        publishes,
        fc.constantFrom(3000, 20_000, 150_000_000),
        async (rounds, segmentBytes) => {
          const store = memoryObjectStore();
          for (const [part, documents] of rounds.entries())
            await publishDeltas(store, [deltaOf(part, documents)], { segmentBytes });
          const model = [...foldDocuments(rounds.flat()).values()];
          const snapshot = (await openSnapshot(store, INDEX_PATH)) as Snapshot;
          const living = model.flatMap(({ chunks }) => chunks.map(({ chunkId }) => chunkId)).sort();
          expect((await snapshot.listChunkIds()).sort()).toEqual(living);
          const { hits } = await snapshot.search({ vector: vectorOf(1), k: 1000, mode: 'dense' });
          expect(hits.map(({ chunkId }) => chunkId).sort()).toEqual(living);
          expect(await headOf(store)).toMatchObject(referenceHead(model));
          expect((await verifySnapshot(store, INDEX_PATH))?.problems).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });
});
