import { describe, expect, it } from '@jest/globals';
import { headKey, memoryObjectStore, openSnapshot } from '../src/index.ts';
import type { Head, ObjectStore, Snapshot, StoredObject } from '../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH, vectorOf } from './deltas.ts';
import { countingStore, tamper } from './faulty-store.ts';
import { committed, publishDeltas } from './publisher.ts';
import { keysOf } from './reference.ts';

const QUERY = { vector: vectorOf(1), text: 'river stone', k: 3, mode: 'hybrid' as const };
const first = deltaOf(0, [documentOf(1), documentOf(2)]);
const second = deltaOf(1, [documentOf(3), documentOf(4)]);

const opened = async (store: ObjectStore, previous?: Snapshot): Promise<Snapshot> => {
  const snapshot = await openSnapshot(store, INDEX_PATH, previous ? { previous } : {});
  if (!snapshot) throw new Error('nothing was published');
  return snapshot;
};

const segmentsOf = (store: ObjectStore): Promise<string[]> => keysOf(store, `${INDEX_PATH}segments/`);

/** HEAD as it is when the index is too large for it. */
const withoutIndex = (object: StoredObject): StoredObject => {
  const {
    index: _index,
    indexCrc32: _crc32,
    ...head
  } = JSON.parse(Buffer.from(object.body).toString()) as Head;
  return { ...object, body: Buffer.from(JSON.stringify(head)) };
};

describe('snapshot', () => {
  it('is undefined before the first commit, claimed or not', async () => {
    const store = memoryObjectStore();
    expect(await openSnapshot(store, INDEX_PATH)).toBeUndefined();
    await expect(
      publishDeltas(store, [first], { loadDelta: () => Promise.reject(new Error('killed')) }),
    ).rejects.toThrow();
    expect(await openSnapshot(store, INDEX_PATH)).toBeUndefined();
  });

  it('describes itself', async () => {
    const store = memoryObjectStore();
    const { head } = await committed(store, [first], { fence: 5 });
    expect((await opened(store)).describe()).toMatchObject({
      version: 1,
      fence: 5,
      publishId: head.publishId,
      publishedAt: head.createdAt,
      documents: 2,
      chunks: 4,
      segments: 1,
      model: { id: 'tiny@0123456789ab', dims: 8 },
    });
  });

  it('costs one empty answer to open again while HEAD stands', async () => {
    const { store, calls } = countingStore(memoryObjectStore());
    await committed(store, [first]);
    const snapshot = await opened(store);
    calls.get = 0;
    expect(await opened(store, snapshot)).toBe(snapshot);
    expect(calls.get).toBe(1);
  });

  it('reads planes once and then only the passages', async () => {
    const { store, calls } = countingStore(memoryObjectStore());
    await committed(store, [first]);
    const snapshot = await opened(store);
    calls.get = 0;
    const cold = await snapshot.search(QUERY);
    expect(cold.read.requests).toBe(calls.get);
    const warm = await snapshot.search(QUERY);
    expect(warm.hits).toEqual(cold.hits);
    expect(warm.read).toMatchObject({ requests: 1 });
    expect(warm.read.bytes).toBeLessThan(cold.read.bytes);
  });

  it('keeps what it has read when HEAD is only claimed', async () => {
    const { store, calls } = countingStore(memoryObjectStore());
    await committed(store, [first]);
    const snapshot = await opened(store);
    await snapshot.search(QUERY);
    await expect(
      publishDeltas(store, [second], { fence: 2, loadDelta: () => Promise.reject(new Error('killed')) }),
    ).rejects.toThrow();
    calls.get = 0;
    const claimed = await opened(store, snapshot);
    await claimed.search(QUERY);
    expect(claimed.version).toBe(1);
    expect(calls.get).toBe(2);
  });

  it('stays what it was while newer versions are published', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const old = await opened(store);
    await committed(store, [second]);
    expect(await old.search(QUERY)).toMatchObject({ matched: 4 });
    const young = await opened(store, old);
    expect(young.version).toBe(2);
    expect(await young.search(QUERY)).toMatchObject({ matched: 8 });
    expect(old.version).toBe(1);
  });

  it('searches the newer version whole when its own objects are gone', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const [segment = ''] = await segmentsOf(store);
    const slow = await opened(store);
    // Replaces all of the first: no part of its segment is left.
    const again = first.documents.map((document) => ({
      ...document,
      revision: { ...document.revision, sequence: document.revision.sequence + 1 },
    }));
    await committed(store, [{ ...second, documents: again }]);
    await store.delete(segment);
    expect(await slow.search(QUERY)).toMatchObject({ matched: 4 });
    expect(slow.version).toBe(2);
  });

  it('opens the newer version when its manifest goes between two reads', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const [manifest = ''] = await keysOf(store, `${INDEX_PATH}manifests/`);
    let collected = false;
    const racing: ObjectStore = {
      ...store,
      get: async (key, options) => {
        if (key === manifest && !collected) {
          collected = true;
          await committed(store, [second]);
          await store.delete(manifest);
        }
        const object = await store.get(key, options);
        return key === headKey(INDEX_PATH) && object && object !== 'not-modified'
          ? withoutIndex(object)
          : object;
      },
    };
    expect((await opened(racing)).version).toBe(2);
  });

  it('refuses an index within HEAD that was changed', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    await tamper(store, headKey(INDEX_PATH), (body) =>
      Buffer.from(Buffer.from(body).toString().replace('\\"chunks\\":4', '\\"chunks\\":3')),
    );
    await expect(openSnapshot(store, INDEX_PATH)).rejects.toMatchObject({ code: 'HEAD_CORRUPT' });
  });

  it('reports a segment that is missing from the current version', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const snapshot = await opened(store);
    for (const key of await segmentsOf(store)) await store.delete(key);
    await expect(snapshot.search(QUERY)).rejects.toMatchObject({ code: 'OBJECT_MISSING', kind: 'corrupt' });
  });

  it('recovers when the store does', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    let broken = true;
    const flaky: ObjectStore = {
      ...store,
      get: (key, options) =>
        broken && key.endsWith('.seg') ? Promise.reject(new Error('down')) : store.get(key, options),
    };
    const snapshot = await opened(flaky);
    await expect(snapshot.search(QUERY)).rejects.toThrow('down');
    broken = false;
    expect((await snapshot.search(QUERY)).hits).toHaveLength(3);
  });

  it('never answers from changed bytes', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const [segment = ''] = await segmentsOf(store);
    const intact = await store.get(segment);
    if (intact === undefined || intact === 'not-modified') throw new Error('no segment');
    const answer = JSON.stringify((await (await opened(store)).search(QUERY)).hits);
    let refused = 0;
    for (let offset = 0; offset < intact.body.length; offset += 11) {
      await tamper(store, segment, () => intact.body.with(offset, (intact.body[offset] ?? 0) ^ 4));
      const snapshot = await opened(store);
      // Bytes that the query does not read, such as ids and other passages, may differ.
      try {
        expect(JSON.stringify((await snapshot.search(QUERY)).hits)).toBe(answer);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'corrupt', code: 'SEGMENT_CORRUPT' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('refuses a shortened segment', async () => {
    const store = memoryObjectStore();
    await committed(store, [first]);
    const [segment = ''] = await segmentsOf(store);
    for (const length of [1, 500, 1000]) {
      await tamper(store, segment, (body) => body.subarray(0, length));
      const snapshot = await opened(store);
      await expect(snapshot.search(QUERY)).rejects.toMatchObject({ kind: 'corrupt' });
    }
  });
});
