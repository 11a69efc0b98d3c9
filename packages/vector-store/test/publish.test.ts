import { PipelineError } from '@alluvium/contracts';
import { describe, expect, it } from '@jest/globals';
import { memoryObjectStore, verifySnapshot } from '../src/index.ts';
import type { ObjectStore } from '../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH } from './deltas.ts';
import { countingStore, faultyStore, type Fault } from './faulty-store.ts';
import { committed, publishDeltas, refOf } from './publisher.ts';
import { headOf, keysOf, referenceHead } from './reference.ts';

const HEAD = `${INDEX_PATH}HEAD`;

const first = deltaOf(0, [documentOf(1), documentOf(2, { chunks: 3 })]);
const second = deltaOf(1, [documentOf(3), documentOf(1, { sequence: 2, chunks: 1 })]);

describe('publish', () => {
  it('commits version 1 over a claim, then one version more each time, in one chain', async () => {
    const store = memoryObjectStore();
    const one = await committed(store, [first]);
    expect(one).toMatchObject({ head: { version: 1, counts: { documents: 2, chunks: 5, tombstones: 0 } } });
    expect(one.applied).toEqual([refOf(first)]);
    const two = await committed(store, [second]);
    expect(two.head).toMatchObject({ version: 2, counts: { documents: 3, chunks: 6, tombstones: 0 } });
    expect(two.head.recentPublishIds).toContain(one.head.publishId);
    expect(await headOf(store)).toEqual(two.head);
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ version: 2, problems: [] });
  });

  it('costs one read when there is nothing to do', async () => {
    const { store, calls } = countingStore(memoryObjectStore());
    await committed(store, [first]);
    Object.assign(calls, { get: 0, put: 0 });
    const result = await publishDeltas(store, []);
    expect(result).toEqual({ kind: 'nothing', rejected: [], alreadyApplied: [] });
    expect(calls).toEqual({ get: 1, put: 0 });
  });

  it('applies a delta once, whoever asks again', async () => {
    const store = memoryObjectStore();
    const { head } = await committed(store, [first]);
    expect(await publishDeltas(store, [first])).toMatchObject({
      kind: 'nothing',
      alreadyApplied: [refOf(first)],
    });
    const replay = { ...first, attempt: 2 };
    expect(await publishDeltas(store, [replay])).toMatchObject({ kind: 'nothing' });
    expect(await headOf(store)).toEqual(head);
    expect(await committed(store, [first, second])).toMatchObject({
      applied: [refOf(second)],
      alreadyApplied: [refOf(first)],
    });
  });

  it('lets the owner of the greater fence win a race and fences the other', async () => {
    const store = memoryObjectStore();
    const [old, young] = await Promise.allSettled([
      committed(store, [first], { fence: 1 }),
      committed(store, [second], { fence: 2 }),
    ]);
    expect(young).toMatchObject({ status: 'fulfilled', value: { head: { version: 1, fence: 2 } } });
    expect(old).toMatchObject({ status: 'rejected', reason: { code: 'FENCED' } });
    expect(await headOf(store)).toMatchObject({ version: 1, ...referenceHead(second.documents) });
  });

  // Two owners of one fence cannot be while the lease works; HEAD must hold even then.
  it('lets at most one publisher win each version and loses no delta, whoever races', async () => {
    const store = memoryObjectStore();
    const deltas = [1, 2, 3, 4].map((part) => deltaOf(part, [documentOf(part)]));
    const versions: number[] = [];
    let waiting = deltas;
    for (const round of [1, 2, 3]) {
      const outcomes = await Promise.allSettled(
        waiting.map((delta, index) => committed(store, [delta], { fence: round * 10 + (index % 2) })),
      );
      for (const outcome of outcomes)
        if (outcome.status === 'fulfilled') versions.push(outcome.value.head.version);
        else expect(['FENCED', 'PUBLISH_CONFLICT']).toContain((outcome.reason as PipelineError).code);
      waiting = waiting.filter((_, index) => outcomes[index]?.status === 'rejected');
    }
    expect([...versions].sort()).toEqual([...new Set(versions)].sort());
    const head = await headOf(store);
    expect(head?.version).toBe(versions.length);
    await publishDeltas(store, deltas, { fence: 99 });
    expect(await headOf(store)).toMatchObject(referenceHead(deltas.flatMap(({ documents }) => documents)));
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('does not apply a delta twice when two publishers race for it', async () => {
    const store = memoryObjectStore();
    const racing = [1, 2].map((fence) => publishDeltas(store, [first], { fence }));
    await Promise.allSettled(racing);
    expect(await publishDeltas(store, [first], { fence: 3 })).toMatchObject({ kind: 'nothing' });
    expect(await headOf(store)).toMatchObject({ version: 1, counts: { documents: 2 } });
  });

  it('refuses a stale fence before it writes anything', async () => {
    const store = memoryObjectStore();
    await committed(store, [first], { fence: 7 });
    const before = await keysOf(store, '');
    await expect(publishDeltas(store, [second], { fence: 6 })).rejects.toMatchObject({
      code: 'FENCED',
      kind: 'fenced',
    });
    expect(await keysOf(store, '')).toEqual(before);
  });

  it('fences an owner that was overtaken between claim and commit', async () => {
    const store = memoryObjectStore();
    await committed(store, [first], { fence: 3 });
    const overtaken = publishDeltas(store, [second], {
      fence: 3,
      checkLease: async () => {
        await committed(store, [deltaOf(9, [documentOf(9)])], { fence: 4 });
      },
    });
    await expect(overtaken).rejects.toMatchObject({ code: 'FENCED' });
    expect(await headOf(store)).toMatchObject({ version: 2, fence: 4, counts: { documents: 3 } });
  });

  it('keeps the old snapshot when the lease is lost', async () => {
    const store = memoryObjectStore();
    const { head } = await committed(store, [first]);
    const lost = new PipelineError('lost', { code: 'LEASE_LOST', kind: 'fenced' });
    await expect(
      publishDeltas(store, [second], {
        checkLease: () => {
          throw lost;
        },
      }),
    ).rejects.toBe(lost);
    const now = await headOf(store);
    expect(now).toMatchObject({ version: 1, manifestKey: head.manifestKey, setHash: head.setHash });
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  // Writes of HEAD: 1 is the claim, 2 the commit.
  it.each<[Fault, number]>([
    ['answer lost', 1],
    ['answer lost', 2],
    ['412 of own success', 1],
    ['412 of own success', 2],
    ['fails before', 1],
    ['fails before', 2],
  ])('commits once when of HEAD: %s (write %i)', async (fault, write) => {
    const store = memoryObjectStore();
    const faulty = faultyStore(store, fault, (key, count) => key === HEAD && count === write);
    const result = await committed(faulty, [first]);
    expect(await headOf(store)).toEqual(result.head);
    expect(result.head.version).toBe(1);
    expect(await publishDeltas(store, [first])).toMatchObject({ kind: 'nothing' });
  });

  it('counts a commit whose answer was lost as committed even after others have published', async () => {
    const store = memoryObjectStore();
    let interfered = false;
    const lossy = faultyStore(store, 'answer lost', (key, count) => key === HEAD && count === 2);
    const late: ObjectStore = {
      ...lossy,
      put: async (key, ...rest) => {
        try {
          return await lossy.put(key, ...rest);
        } catch (error) {
          if (!interfered) {
            interfered = true;
            await committed(store, [second], { fence: 2 });
          }
          throw error;
        }
      },
    };
    expect(await committed(late, [first])).toMatchObject({ head: { version: 1 }, applied: [refOf(first)] });
    expect(await headOf(store)).toMatchObject({ version: 2, fence: 2, counts: { documents: 3 } });
  });

  it.each<Fault>(['answer lost', '412 of own success'])(
    'reuses its own immutable objects: %s',
    async (fault) => {
      const store = memoryObjectStore();
      const faulty = faultyStore(store, fault, (key, count) => key !== HEAD && count === 1);
      if (fault === 'answer lost')
        await expect(publishDeltas(faulty, [first])).rejects.toMatchObject({ kind: 'unavailable' });
      expect(await committed(fault === 'answer lost' ? store : faulty, [first])).toMatchObject({
        head: { version: 1 },
      });
    },
  );

  it('gives every write of HEAD bytes of its own', async () => {
    const etags = new Set<string>();
    let writes = 0;
    const store = memoryObjectStore();
    const recording: ObjectStore = {
      ...store,
      put: async (key, ...rest) => {
        const answer = await store.put(key, ...rest);
        if (key === HEAD) {
          etags.add(answer.etag);
          writes += 1;
        }
        return answer;
      },
    };
    await committed(recording, [first]);
    await committed(recording, [second]);
    expect(writes).toBe(4);
    expect(etags.size).toBe(writes);
  });

  it('refuses to commit a segment that is not what was merged', async () => {
    const store = memoryObjectStore();
    const broken: ObjectStore = {
      ...store,
      put: (key, body, ...rest) =>
        store.put(key, key.endsWith('.seg') ? body.with(body.length - 3, 0x21) : body, ...rest),
    };
    await expect(publishDeltas(broken, [first])).rejects.toMatchObject({ kind: 'corrupt' });
    const claimed = await headOf(store);
    expect(claimed).toMatchObject({ version: 0 });
    expect(claimed).not.toHaveProperty('manifestKey');
  });

  it('starts from version 0 when a first publish dies after its claim', async () => {
    const store = memoryObjectStore();
    await expect(
      publishDeltas(store, [first], { loadDelta: () => Promise.reject(new Error('killed')) }),
    ).rejects.toThrow('killed');
    expect(await headOf(store)).toMatchObject({ version: 0 });
    expect(await verifySnapshot(store, INDEX_PATH)).toBeUndefined();
    expect(await committed(store, [first], { fence: 2 })).toMatchObject({ head: { version: 1, fence: 2 } });
  });

  it.each([
    ['DELTA_CORRUPT', new PipelineError('flipped', { code: 'DELTA_CORRUPT', kind: 'corrupt' })],
    ['FORMAT_UNSUPPORTED', new PipelineError('new', { code: 'FORMAT_UNSUPPORTED', kind: 'invalid' })],
  ])('rejects a poison delta (%s) and publishes the others', async (reason, error) => {
    const store = memoryObjectStore();
    const result = await committed(store, [first, second], {
      loadDelta: ({ deltaId }) =>
        deltaId === first.deltaId ? Promise.reject(error) : Promise.resolve(second),
    });
    expect(result.rejected).toMatchObject([{ ref: { deltaId: first.deltaId }, reason }]);
    expect(result.applied).toEqual([refOf(second)]);
  });

  it.each([
    ['MODEL_MISMATCH', { model: { id: 'other@0123456789ab', dims: 8 } }],
    ['DIMENSION_MISMATCH', { model: { ...first.model, dims: 9 } }],
    ['DELTA_MISMATCH', { collection: 'others' }],
  ])('rejects a delta of another index (%s)', async (reason, change) => {
    const store = memoryObjectStore();
    const result = await publishDeltas(store, [{ ...first, ...change }]);
    expect(result).toMatchObject({ kind: 'nothing', rejected: [{ reason }] });
  });

  it('rejects a delta with a vector that no search could use', async () => {
    const store = memoryObjectStore();
    const [chunk] = documentOf(4).chunks;
    const broken = deltaOf(4, [{ ...documentOf(4), chunks: [{ ...chunk!, vector: new Float32Array(8) }] }]);
    const result = await committed(store, [broken, second]);
    expect(result.rejected).toMatchObject([{ ref: refOf(broken), reason: 'VECTOR_INVALID' }]);
    expect(result.head.counts).toMatchObject({ documents: 2 });
  });

  it('stops when a delta cannot be read for now', async () => {
    const store = memoryObjectStore();
    const error = new PipelineError('throttled', { code: 'STORE_UNAVAILABLE', kind: 'unavailable' });
    await expect(publishDeltas(store, [first], { loadDelta: () => Promise.reject(error) })).rejects.toBe(
      error,
    );
  });
});
