import {
  deltaRejectedV1,
  hashId,
  indexPathOf,
  snapshotPublishedV1,
  type PointerV1,
} from '@alluvium/contracts';
import { readHead, verifySnapshot } from '@alluvium/vector-store';
import { describe, expect, it } from '@jest/globals';
import { leaseKeyOf } from '../src/settle-index.ts';
import { deltaOf, INDEX_PATH, MODEL, RUN_ID } from './support/deltas.ts';
import { announced, answer, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };

const headOf = async ({ store }: World) => (await readHead(store, INDEX_PATH))?.head;
const outcomes = ({ inbox }: World) => [...inbox.settled.values()].map(({ part, state }) => [part, state]);

describe('on-doorbell', () => {
  it('publishes what waits, announces the parts and marks them', async () => {
    const world = makeWorld();
    for (const part of [0, 1]) await arrive(world, deltaOf(part));
    expect(await answer(world)).toEqual({ batchItemFailures: [] });
    const head = await headOf(world);
    const [published] = world.bus.dataOf(snapshotPublishedV1);
    expect(published).toMatchObject({
      collection: 'docs',
      index: { path: INDEX_PATH, modelId: MODEL.id, dims: MODEL.dims },
      version: 1,
      publishId: head?.publishId,
      fence: 1,
      kind: 'commit',
      counts: { documents: 2, chunks: 2 },
      applied: { key: `${INDEX_PATH}published/${head?.publishId}.json` },
    });
    const parts = [0, 1].map((part) => ({
      runId: RUN_ID,
      attempt: 1,
      part,
      deltaId: deltaOf(part).deltaId,
    }));
    expect(await announced(world)).toEqual([parts]);
    expect(outcomes(world)).toHaveLength(2);
    expect(world.inbox.settled.values().next().value).toMatchObject({ state: 'APPLIED', version: 1 });
  });

  it('keeps the correlation and names the event that the snapshot follows from', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    const [{ cause } = {}] = [...world.inbox.waiting.values()];
    await answer(world);
    expect(world.bus.events[0]?.detail.metadata).toMatchObject({
      correlationId: RUN_ID,
      causationId: cause?.eventId,
      traceId: cause?.traceId,
    });
  });

  it('writes nothing when the inbox is empty', async () => {
    const world = makeWorld();
    await world.doorbell.ring(INDEX, 0);
    expect(await answer(world)).toEqual({ batchItemFailures: [] });
    expect(await headOf(world)).toBeUndefined();
    expect(await world.leases.read(leaseKeyOf(INDEX_PATH))).toBeUndefined();
    expect(world.bus.events).toEqual([]);
    expect(world.doorbell.rings).toEqual([]);
  });

  it('publishes once however many doorbells name the index', async () => {
    const world = makeWorld();
    for (const part of [0, 1, 2]) await arrive(world, deltaOf(part));
    expect(world.doorbell.rings).toHaveLength(3);
    await answer(world);
    expect(await headOf(world)).toMatchObject({ version: 1, counts: { documents: 3 } });
    expect((await world.leases.read(leaseKeyOf(INDEX_PATH)))?.state).toBe('FREE');
  });

  it('lets two compactors at once publish every delta once', async () => {
    const world = makeWorld();
    for (const part of [0, 1, 2, 3]) await arrive(world, deltaOf(part));
    await world.doorbell.ring(INDEX, 0);
    const rings = world.doorbell.take();
    const both = [0, 1].map(async () => {
      world.doorbell.rings.push(...rings);
      return answer(world, world.newProcess().deps);
    });
    expect(await Promise.all(both)).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    await answerAll(world);
    const parts = (await announced(world)).flat().map(({ part }) => part);
    expect([...parts].sort()).toEqual([0, 1, 2, 3]);
    expect(await headOf(world)).toMatchObject({ version: 1, counts: { documents: 4 } });
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('leaves the index to the one who holds the lease', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    const held = await world.leases.acquire(leaseKeyOf(INDEX_PATH));
    expect(await answer(world)).toEqual({ batchItemFailures: [] });
    expect(await headOf(world)).toBeUndefined();
    expect(world.doorbell.rings).toEqual([]);
    if (held.kind === 'acquired') await held.lease.release();
    await world.doorbell.ring(INDEX, 0);
    await answer(world);
    expect(await headOf(world)).toMatchObject({ version: 1, fence: 2 });
  });

  it('rings again for a delta whose doorbell was dropped while it was at work', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    const inbox = {
      ...world.inbox,
      settle: async (...ended: Parameters<typeof world.inbox.settle>) => {
        await arrive(world, deltaOf(1));
        world.doorbell.take();
        await world.inbox.settle(...ended);
      },
    };
    await answer(world, { ...world.deps, inbox });
    expect(world.doorbell.rings).toEqual([{ ...INDEX, delaySeconds: 2 }]);
    await answerAll(world);
    expect(await headOf(world)).toMatchObject({ version: 2, counts: { documents: 2 } });
  });

  it('stops when its lease is lost, and rings with a delay', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    const objects = {
      ...world.objects,
      readBytes: (pointer: PointerV1) => {
        world.runtime.advance(61_000);
        return world.objects.readBytes(pointer);
      },
    };
    expect(await answer(world, { ...world.deps, objects })).toEqual({ batchItemFailures: [] });
    expect(await headOf(world)).toMatchObject({ version: 0 });
    expect(world.bus.events).toEqual([]);
    expect(world.doorbell.rings).toEqual([{ ...INDEX, delaySeconds: 60 }]);
    await answerAll(world);
    expect(await headOf(world)).toMatchObject({ version: 1 });
  });

  it('rejects a poison delta, says why, and advances with the others', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0), Buffer.from('no delta at all'));
    await arrive(world, deltaOf(1, { model: { id: 'other@0123456789ab', dims: MODEL.dims } }));
    await arrive(world, deltaOf(2));
    await answerAll(world);
    expect(world.bus.dataOf(deltaRejectedV1)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ part: 0, error: expect.objectContaining({ code: 'DELTA_CORRUPT' }) }),
        expect.objectContaining({ part: 1, error: expect.objectContaining({ code: 'MODEL_MISMATCH' }) }),
      ]),
    );
    expect(world.bus.dataOf(deltaRejectedV1)).toHaveLength(2);
    expect((await announced(world)).flat().map(({ part }) => part)).toEqual([2]);
    expect(outcomes(world).sort()).toEqual([
      [0, 'REJECTED'],
      [1, 'REJECTED'],
      [2, 'APPLIED'],
    ]);
  });

  it('waits for a delta that is not there without holding up the others', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    await arrive(world, deltaOf(1));
    const [missing] = [...world.objects.stored.entries()];
    world.objects.stored.delete(missing![0]);
    await answerAll(world);
    expect((await announced(world)).flat().map(({ part }) => part)).toEqual([1]);
    expect([...world.inbox.waiting.values()]).toMatchObject([{ part: 0, tries: 1 }]);
    world.objects.stored.set(...missing!);
    world.runtime.advance(15 * 60_000);
    await world.doorbell.ring(INDEX, 0);
    await answerAll(world);
    expect((await announced(world)).flat().map(({ part }) => part)).toEqual([1, 0]);
  });

  it('passes over a delta that the store does not give, and takes it as soon as it does', async () => {
    const world = makeWorld();
    for (const part of [0, 1, 2]) await arrive(world, deltaOf(part));
    const readBytes = async (pointer: PointerV1) => {
      if (pointer.key.includes('/1-')) throw new Error('S3 does not give it');
      return world.objects.readBytes(pointer);
    };
    const deps = { ...world.deps, objects: { ...world.objects, readBytes } };
    for (let minutes = 0; minutes < 10; minutes += 1) {
      await world.doorbell.ring(INDEX, 0);
      await answer(world, deps);
      world.runtime.advance(61_000);
    }
    const parts = async () => (await announced(world)).flat().map(({ part }) => part);
    expect([...(await parts())].sort()).toEqual([0, 2]);
    expect(world.bus.dataOf(deltaRejectedV1)).toEqual([]);
    expect([...world.inbox.waiting.values()]).toMatchObject([{ part: 1, tries: 0 }]);
    await world.doorbell.ring(INDEX, 0);
    await answer(world);
    expect([...(await parts())].sort()).toEqual([0, 1, 2]);
  });

  it('postpones few when the store gives nothing at all', async () => {
    const world = makeWorld();
    for (let part = 0; part < 9; part += 1) await arrive(world, deltaOf(part));
    const readBytes = () => Promise.reject(new Error('S3 is away'));
    const failed = await answer(world, { ...world.deps, objects: { ...world.objects, readBytes } });
    expect(failed.batchItemFailures).toHaveLength(9);
    const postponed = [...world.inbox.waiting.values()].filter(({ notBeforeMs }) => notBeforeMs > 0);
    expect(postponed).toHaveLength(3);
    await world.doorbell.ring(INDEX, 0);
    await answer(world);
    expect(await headOf(world)).toMatchObject({ version: 1, counts: { documents: 6 } });
  });

  it('rejects a delta that was missing five times, however often the doorbell rings', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    world.objects.stored.clear();
    for (let tries = 1; tries < 5; tries += 1) {
      for (let rings = 0; rings < 3; rings += 1) await world.doorbell.ring(INDEX, 0);
      await answerAll(world);
      await world.doorbell.ring(INDEX, 0);
      await answerAll(world);
      expect([...world.inbox.waiting.values()]).toMatchObject([{ tries }]);
      world.runtime.advance(15 * 60_000);
    }
    await world.doorbell.ring(INDEX, 0);
    await answerAll(world);
    expect(world.bus.dataOf(deltaRejectedV1)).toMatchObject([{ part: 0, error: { code: 'DELTA_MISSING' } }]);
    expect(world.inbox.waiting.size).toBe(0);
  });

  it('announces the part of a replay, though its delta was applied before', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    await answerAll(world);
    await arrive(world, deltaOf(0));
    expect(world.inbox.waiting.size).toBe(0);
    world.objects.stored.delete(`embeddings/docs/${RUN_ID}/0-${deltaOf(0).deltaId}`);
    await arrive(world, deltaOf(0, { attempt: 2 }));
    await answerAll(world);
    expect((await announced(world)).map((parts) => parts.map(({ attempt }) => attempt))).toEqual([[1], [2]]);
    const [first, second] = world.bus.dataOf(snapshotPublishedV1);
    expect(second).toMatchObject({ version: 1, publishId: first?.publishId });
    expect(second?.applied.key).not.toBe(first?.applied.key);
    const keys = world.bus.events.map(({ detail }) => detail.metadata.idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    expect(await headOf(world)).toMatchObject({ version: 1 });
  });

  it('fails the messages of an index that the store does not answer for, and settles the others', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    await arrive(world, deltaOf(1, { collection: 'notes', runId: hashId('notes') }));
    const bus = {
      ...world.bus,
      publish: async () => {
        throw new Error('EventBridge is away');
      },
    };
    const inbox = {
      ...world.inbox,
      hasPending: async (path: string) => {
        if (path === INDEX_PATH) throw new Error('DynamoDB is away');
        return world.inbox.hasPending(path);
      },
    };
    expect(await answer(world, { ...world.deps, inbox })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    const other = indexPathOf('notes', MODEL.id, MODEL.dims);
    expect((await readHead(world.store, other))?.head).toMatchObject({ version: 1 });
    await world.doorbell.ring(INDEX, 0);
    const failed = await answer(world, { ...world.deps, bus });
    expect(failed.batchItemFailures).toHaveLength(1);
    expect([...world.inbox.waiting.values()]).toMatchObject([{ part: 0 }]);
  });

  it('hands an index on by the doorbell when too little time is left', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    expect(await answer(world, world.deps, 60_000)).toEqual({ batchItemFailures: [] });
    expect(await headOf(world)).toBeUndefined();
    expect(world.doorbell.rings).toEqual([{ ...INDEX, delaySeconds: 0 }]);
  });

  it.each(['no JSON', 'null', '{}', '{"indexPath":"elsewhere/"}'])(
    'puts the doorbell %s with the dead letters',
    async (body) => {
      const world = makeWorld();
      world.doorbell.rings.push(body as never);
      expect(await answer(world)).toEqual({ batchItemFailures: [] });
      expect(world.runtime.deadLetterList).toMatchObject([{ event: body, error: { kind: 'invalid' } }]);
    },
  );
});
