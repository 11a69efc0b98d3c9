import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeIntermediate,
  foldDocuments,
  mergeDeltas,
  mergeIntermediates,
  memoryObjectStore,
  openSnapshot,
  readIntermediate,
  verifySnapshot,
  type Delta,
  type Intermediate,
  type Manifest,
  type ObjectStore,
} from '../src/index.ts';
import { sha256Hex } from '@alluvium/contracts';
import { arbitraryDocument, deltaOf, documentOf, INDEX_PATH } from './deltas.ts';
import { committed, newId, NOW_MS, refOf } from './publisher.ts';
import { headOf, keysOf, referenceHead } from './reference.ts';

const targetOf = (store: ObjectStore, level = 1) => ({
  ...{ store, indexPath: INDEX_PATH, nowMs: NOW_MS, level },
  publishId: newId(),
});

const stored = async (store: ObjectStore, manifest: Manifest): Promise<Intermediate> => {
  const key = `${INDEX_PATH}intermediate/${manifest.publish.publishId}.json`;
  const bytes = encodeIntermediate(manifest);
  await store.put(key, bytes);
  return readIntermediate(store, { key, sha256: sha256Hex(bytes) });
};

const mergeOf = async (store: ObjectStore, deltas: readonly Delta[]): Promise<Intermediate> => {
  const byId = new Map(deltas.map((delta) => [delta.deltaId, delta]));
  const load = async ({ deltaId }: { deltaId: string }): Promise<Delta> => byId.get(deltaId)!;
  const { manifest } = await mergeDeltas(targetOf(store), deltas.map(refOf), load);
  return stored(store, manifest);
};

const groupsOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

const documentsOf = async (store: ObjectStore): Promise<unknown[]> => {
  const snapshot = await openSnapshot(store, INDEX_PATH);
  const documents = [];
  for await (const document of snapshot!.documents()) documents.push(document);
  return documents.sort((left, right) => (left.documentId < right.documentId ? -1 : 1));
};

/** Publishes `old`, then `deltas`, of which the last one comes plain and the others by merges of merges. */
const publishMerged = async (store: ObjectStore, old: readonly Delta[], deltas: readonly Delta[]) => {
  if (old.length > 0) await committed(store, old);
  const groups = groupsOf(deltas.slice(0, -1), 2);
  const first = await Promise.all(groups.map((group) => mergeOf(store, group)));
  const second = await Promise.all(
    groupsOf(first, 2).map(async (group) =>
      stored(store, await mergeIntermediates(targetOf(store, 2), group)),
    ),
  );
  const loaded: string[] = [];
  const result = await committed(store, deltas, {
    intermediates: async () => second,
    loadDelta: async ({ deltaId }) => {
      loaded.push(deltaId);
      return deltas.find((delta) => delta.deltaId === deltaId)!;
    },
  });
  return { result, loaded };
};

describe('intermediates', () => {
  it('give the snapshot that the deltas themselves give', async () => {
    const parts = fc.array(fc.array(arbitraryDocument, { maxLength: 4 }), { minLength: 3, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 0, max: 2 }), async (lists, olds) => {
        const all = lists.map((list, part) => deltaOf(part, list));
        const [old, deltas] = [all.slice(0, olds), all.slice(olds)];
        const [plain, merged] = [memoryObjectStore(), memoryObjectStore()];
        if (old.length > 0) await committed(plain, old);
        await committed(plain, deltas);
        const { result, loaded } = await publishMerged(merged, old, deltas);
        expect(loaded).toEqual([deltas.at(-1)!.deltaId]);
        expect(result.applied).toHaveLength(deltas.length);
        const reference = referenceHead(foldDocuments(all.flatMap(({ documents }) => documents)).values());
        expect(await headOf(merged)).toMatchObject(reference);
        expect(await documentsOf(merged)).toEqual(await documentsOf(plain));
        expect(await verifySnapshot(merged, INDEX_PATH)).toMatchObject({ problems: [] });
      }),
      { numRuns: 40 },
    );
  });

  it('are taken as they lie: a publish of one writes no segment', async () => {
    const store = memoryObjectStore();
    const deltas = [0, 1, 2].map((part) => deltaOf(part, [documentOf(part)]));
    const intermediate = await mergeOf(store, deltas);
    const before = await keysOf(store, `${INDEX_PATH}segments/`);
    await committed(store, deltas, { intermediates: async () => [intermediate] });
    expect(await keysOf(store, `${INDEX_PATH}segments/`)).toEqual(before);
  });

  it('go into later merges like any segment', async () => {
    const store = memoryObjectStore();
    for (let round = 0; round < 6; round += 1) {
      const deltas = [0, 1].map((part) =>
        deltaOf(10 * round + part, [
          documentOf(part, { sequence: round + 1 }),
          documentOf(10 * round + part),
        ]),
      );
      const intermediate = await mergeOf(store, deltas);
      await committed(store, deltas, { intermediates: async () => [intermediate] });
    }
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
    expect((await openSnapshot(store, INDEX_PATH))?.describe().segments).toBeLessThan(5);
  });

  it('are left alone when one of their deltas is not to be applied', async () => {
    const store = memoryObjectStore();
    const deltas = [0, 1, 2].map((part) => deltaOf(part, [documentOf(part)]));
    const intermediate = await mergeOf(store, deltas);
    const chosen = deltas.slice(0, 2);
    const { head } = await committed(store, chosen, { intermediates: async () => [intermediate] });
    expect(head.counts.documents).toBe(2);
  });

  it('are taken once when two of them hold the same delta', async () => {
    const store = memoryObjectStore();
    const deltas = [0, 1].map((part) => deltaOf(part, [documentOf(part)]));
    const intermediates = [await mergeOf(store, deltas), await mergeOf(store, deltas)];
    const { head, applied } = await committed(store, deltas, { intermediates: async () => intermediates });
    expect([head.counts.documents, applied.length]).toEqual([2, 2]);
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('leave out what cannot be applied, and say so', async () => {
    const store = memoryObjectStore();
    const wrong = deltaOf(1, [documentOf(1)], { collection: 'notes' });
    const deltas = [deltaOf(0, [documentOf(0)]), wrong];
    const load = async ({ part }: { part: number }): Promise<Delta> => deltas[part]!;
    const { manifest, rejected } = await mergeDeltas(targetOf(store), deltas.map(refOf), load);
    expect(rejected).toMatchObject([{ reason: 'DELTA_MISMATCH', ref: { part: 1 } }]);
    expect((await stored(store, manifest)).deltas).toMatchObject([{ part: 0 }]);
  });

  it('are refused when an object of theirs is gone or has changed', async () => {
    const store = memoryObjectStore();
    const { manifest } = await mergeDeltas(targetOf(store), [refOf(deltaOf(0, [documentOf(0)]))], async () =>
      deltaOf(0, [documentOf(0)]),
    );
    const [segment] = await keysOf(store, `${INDEX_PATH}segments/`);
    await store.put(segment!, Buffer.from('something else'));
    await expect(stored(store, manifest)).rejects.toMatchObject({ code: 'OBJECT_CORRUPT', kind: 'corrupt' });
    await store.delete(segment!);
    await expect(stored(store, manifest)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
  });
});
