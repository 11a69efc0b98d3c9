import { describe, expect, it } from '@jest/globals';
import { importDeltas } from '../../src/exchange.ts';
import { memoryObjectStore, openSnapshot } from '../../src/index.ts';
import { documentOf, INDEX_PATH, MODEL, vectorOf } from '../deltas.ts';
import { committed } from '../publisher.ts';
import { collect, stream } from './documents.ts';

const target = { model: MODEL.id, dims: MODEL.dims, collection: 'docs', runId: 'import-run' };
const documents = Array.from({ length: 20 }, (_, id) =>
  documentOf(id, { chunks: (id % 4) + 1, deleted: id % 7 === 6 }),
);

describe('deltas of an import', () => {
  it('hold every document once, none of them split, and no more chunks than asked', async () => {
    const deltas = await collect(importDeltas(stream(documents), { ...target, chunksPerDelta: 6 }));
    expect(deltas.flatMap((delta) => delta.documents)).toEqual(documents);
    expect(deltas.map(({ part }) => part)).toEqual(deltas.map((_, index) => index));
    for (const { documents: some } of deltas)
      expect(some.reduce((sum, { chunks }) => sum + chunks.length, 0)).toBeLessThanOrEqual(6);
  });

  it('are the same for the same documents, and others for others', async () => {
    const idsOf = async (some: typeof documents) =>
      (await collect(importDeltas(stream(some), target))).map(({ deltaId }) => deltaId);
    expect(await idsOf(documents)).toEqual(await idsOf(documents));
    const other = documents.map((document) => ({
      ...document,
      chunks: document.chunks.map((chunk) => ({ ...chunk, vector: vectorOf(1) })),
    }));
    expect(await idsOf(other)).not.toEqual(await idsOf(documents));
  });

  it('can be published and searched', async () => {
    const store = memoryObjectStore();
    await committed(store, await collect(importDeltas(stream(documents), { ...target, chunksPerDelta: 10 })));
    const snapshot = await openSnapshot(store, INDEX_PATH);
    const standing = documents.filter(({ deleted }) => !deleted);
    expect(snapshot?.describe()).toMatchObject({
      documents: standing.length,
      chunks: standing.reduce((sum, { chunks }) => sum + chunks.length, 0),
    });
  });

  it('are refused with a vector of other dimensions', async () => {
    await expect(collect(importDeltas(stream(documents), { ...target, dims: 9 }))).rejects.toThrow(
      expect.objectContaining({ code: 'VECTOR_INVALID' }),
    );
  });
});
