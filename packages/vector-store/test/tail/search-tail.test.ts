import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeDelta,
  decodeDelta,
  memoryObjectStore,
  openSnapshot,
  openTailDelta,
  rollback,
  searchWithTail,
  systemClock,
  unappliedDeltas,
} from '../../src/index.ts';
import type { Delta, DeltaDocument, ObjectStore, SearchQuery, Snapshot, TailDelta } from '../../src/index.ts';
import { arbitraryDocument, deltaOf, documentOf, INDEX_PATH, MODEL, vectorOf } from '../deltas.ts';
import { oldTimes } from '../history/old-times.ts';
import { publishDeltas } from '../publisher.ts';

const opened = (delta: Delta): Promise<TailDelta> =>
  openTailDelta(encodeDelta(delta), {
    key: `embeddings/docs/${delta.deltaId}`,
    deltaId: delta.deltaId,
    indexPath: INDEX_PATH,
  });

const publishAll = async (store: ObjectStore, deltas: readonly Delta[]): Promise<void> => {
  // As the compactor reads them: vectors rounded to int8.
  const stored = deltas.map((delta) => decodeDelta(encodeDelta(delta)));
  await publishDeltas(store, stored, { segmentBytes: 4_000 });
};

const search = (snapshot: Snapshot | undefined, deltas: readonly TailDelta[], query: Partial<SearchQuery>) =>
  searchWithTail(
    { snapshot, deltas, dims: MODEL.dims, clock: systemClock },
    { vector: vectorOf(5), text: 'river part', k: 1000, mode: 'dense', ...query },
  );

const found = async (...parameters: Parameters<typeof search>) => {
  const { hits, matched } = await search(...parameters);
  const byId = (left: { chunkId: string }, right: { chunkId: string }): number =>
    left.chunkId < right.chunkId ? -1 : 1;
  return {
    matched,
    hits: hits.map(({ chunkId, text, scores }) => ({ chunkId, text, dense: scores.dense })).sort(byId),
  };
};

const deltasOf = (batches: readonly DeltaDocument[][], first = 0): Delta[] =>
  batches.map((documents, index) => deltaOf(first + index, documents));

const batches = fc.array(fc.array(arbitraryDocument, { maxLength: 5 }), { maxLength: 4 });

describe('a search over snapshot and tail', () => {
  it('finds what it finds when the tail is settled', async () => {
    await fc.assert(
      fc.asyncProperty(batches, batches, fc.nat(1000), async (before, after, seed) => {
        const store = memoryObjectStore();
        const [old, fresh] = [deltasOf(before), deltasOf(after, before.length)];
        for (const delta of old) await publishAll(store, [delta]);
        const snapshot = await openSnapshot(store, INDEX_PATH);
        // Some that the snapshot has already change nothing, in whatever order they come.
        const tail = await Promise.all([...fresh.toReversed(), ...old.slice(0, 1)].map(opened));
        const queries: Partial<SearchQuery>[] = [
          { vector: vectorOf(seed) },
          { mode: 'lexical' },
          { mode: 'hybrid' },
          { filters: { id: ['1', '3', '5'] } },
        ];
        const ahead = await Promise.all(queries.map((query) => found(snapshot, tail, query)));
        await publishAll(store, fresh);
        const settled = await openSnapshot(store, INDEX_PATH);
        const after2 = await Promise.all(queries.map((query) => found(settled, [], query)));
        expect(ahead).toEqual(after2);
      }),
      { numRuns: 60 },
    );
  });

  it('finds documents before anything is published', async () => {
    const tail = [await opened(deltaOf(0, [documentOf(1), documentOf(2)]))];
    const { hits, snapshot, plan } = await search(undefined, tail, { mode: 'hybrid' });
    expect([hits.length, snapshot]).toEqual([4, undefined]);
    expect(plan?.segments).toMatchObject([{ rows: 4, way: 'exact' }]);
    expect((await search(undefined, [], {})).hits).toEqual([]);
  });

  it('hides what a tombstone of the tail deletes, and shows what an older one does not', async () => {
    const store = memoryObjectStore();
    await publishAll(store, [deltaOf(0, [documentOf(1, { sequence: 2 }), documentOf(2, { sequence: 2 })])]);
    const snapshot = await openSnapshot(store, INDEX_PATH);
    const tail = await opened(
      deltaOf(1, [
        documentOf(1, { sequence: 3, deleted: true }),
        documentOf(2, { sequence: 1, deleted: true }),
        documentOf(3, { chunks: 0 }),
      ]),
    );
    const { hits } = await search(snapshot, [tail], {});
    expect(new Set(hits.map(({ entityId }) => entityId))).toEqual(new Set(['2']));
  });

  it('leaves snapshot and deltas as they are', async () => {
    const store = memoryObjectStore();
    await publishAll(store, [deltaOf(0, [documentOf(1), documentOf(2)])]);
    const snapshot = await openSnapshot(store, INDEX_PATH);
    const before = await found(snapshot, [], {});
    const [newer, older] = [
      await opened(deltaOf(1, [documentOf(1, { sequence: 3 })])),
      await opened(deltaOf(2, [documentOf(1, { sequence: 2 })])),
    ];
    const both = await found(snapshot, [newer, older], {});
    expect(await found(snapshot, [older], {})).not.toEqual(both);
    expect(await found(snapshot, [older, newer], {})).toEqual(both);
    expect(await found(snapshot, [], {})).toEqual(before);
  });

  it('reads nothing of the tail twice', async () => {
    const store = memoryObjectStore();
    await publishAll(store, [deltaOf(0, [documentOf(1), documentOf(2)])]);
    const snapshot = await openSnapshot(store, INDEX_PATH);
    const tail = [await opened(deltaOf(1, [documentOf(1, { sequence: 2 })]))];
    await snapshot?.warm();
    const cold = await search(snapshot, tail, {});
    const warm = await search(snapshot, tail, {});
    expect(warm.hits).toEqual(cold.hits);
    expect(warm.read.requests).toBeLessThan(cold.read.requests);
  });

  it('names the version that it is of', async () => {
    const store = memoryObjectStore();
    await publishAll(store, [deltaOf(0, [documentOf(1)])]);
    const snapshot = await openSnapshot(store, INDEX_PATH);
    expect(await search(snapshot, [], {})).toMatchObject({ snapshot: { version: 1, chunks: 2 } });
  });
});

describe('a delta of the tail', () => {
  const place = { key: 'embeddings/docs/x', deltaId: 'delta-run-0', indexPath: INDEX_PATH };

  it.each([
    ['another index', deltaOf(0, [documentOf(1)], { model: { ...MODEL, id: 'other@0123456789ab' } })],
    ['another collection', deltaOf(0, [documentOf(1)], { collection: 'pages' })],
    ['another id', deltaOf(1, [documentOf(1)])],
  ])('is refused when it is of %s', async (_what, delta) => {
    await expect(openTailDelta(encodeDelta(delta), place)).rejects.toMatchObject({ code: 'DELTA_INVALID' });
  });

  it('is refused when a byte of it changed', async () => {
    const bytes = encodeDelta(deltaOf(0, [documentOf(1)]));
    bytes[bytes.length >> 1]! ^= 1;
    await expect(openTailDelta(bytes, place)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('says what it holds', async () => {
    const documents = [
      documentOf(1),
      documentOf(2, { deleted: true }),
      documentOf(1, { sequence: 2, chunks: 3 }),
    ];
    const delta = await opened(deltaOf(0, documents));
    expect(delta).toMatchObject({ deltaId: 'delta-run-0', runId: 'run', chunks: 3 });
    expect([...delta.documents.keys()]).toEqual(['files/page#1', 'files/page#2']);
  });
});

describe('deltas that a snapshot does not have', () => {
  it('are told from those that it has by its list of applied deltas', async () => {
    const store = memoryObjectStore();
    const deltas = [0, 1, 2].map((part) => deltaOf(part, [documentOf(part)]));
    expect(await unappliedDeltas(store, undefined, deltas)).toEqual(deltas);
    await publishAll(store, deltas.slice(0, 2));
    const snapshot = await openSnapshot(store, INDEX_PATH);
    expect(await unappliedDeltas(store, snapshot, deltas)).toEqual([deltas[2]]);
  });

  it('leave out what a rollback took out', async () => {
    const times = oldTimes();
    const deltas = [0, 1].map((part) => deltaOf(part, [documentOf(part)]));
    for (const delta of deltas) await times.publish([delta]);
    await rollback({ ...times.writer(), to: 1 });
    const snapshot = await openSnapshot(times.store, INDEX_PATH);
    expect(await unappliedDeltas(times.store, snapshot, deltas)).toEqual([]);
  });
});
