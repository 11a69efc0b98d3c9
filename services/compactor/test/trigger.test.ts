import { readHead } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ringAfter, type Thresholds } from '../src/domain/compaction-trigger.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import { answer, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };
const THRESHOLDS: Thresholds = { deltas: 5, bytes: 1_000_000, ageSeconds: 30 };

let world: World;

const arriveWith = async (thresholds: Thresholds, ...parts: number[]): Promise<number[]> => {
  const before = world.doorbell.rings.length;
  const patient = { ...world, deps: { ...world.deps, thresholds } };
  for (const part of parts) await arrive(patient, deltaOf(part));
  return world.doorbell.rings.slice(before).map(({ delaySeconds }) => delaySeconds);
};

beforeEach(() => {
  world = makeWorld();
});

describe('the doorbell', () => {
  it('rings for the first delta when it will be old, and for those after it no more', async () => {
    expect(await arriveWith(THRESHOLDS, 0, 1, 2)).toEqual([30]);
  });

  it('rings early when enough deltas wait, once a multiple of them', async () => {
    expect(await arriveWith(THRESHOLDS, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)).toEqual([30, 2, 2]);
  });

  it('rings early when enough bytes wait', async () => {
    const [first] = await arriveWith({ ...THRESHOLDS, bytes: 1 }, 0);
    expect(first).toBe(2);
    const size = [...world.inbox.waiting.values()][0]!.pointer.bytes;
    world = makeWorld();
    expect(await arriveWith({ ...THRESHOLDS, bytes: 2.5 * size }, 0, 1, 2, 3)).toEqual([30, 2]);
  });

  it('counts anew when a compactor has looked', async () => {
    await arriveWith(THRESHOLDS, 0, 1, 2, 3);
    await answer(world);
    expect(await arriveWith(THRESHOLDS, 4, 5, 6, 7)).toEqual([30]);
    expect(await arriveWith(THRESHOLDS, 8)).toEqual([2]);
  });

  it('waits no longer than SQS can', () => {
    const thresholds = { ...THRESHOLDS, ageSeconds: 3600 };
    expect(ringAfter({ deltas: 1, bytes: 1 }, 1, thresholds)).toBe(900);
  });
});

describe('a compactor that leaves deltas behind', () => {
  const dropWhileAtWork = async (count: number): Promise<number[]> => {
    await arrive(world, deltaOf(100));
    world.doorbell.take();
    await world.doorbell.ring(INDEX, 0);
    let isFirst = true;
    const inbox = {
      ...world.inbox,
      settle: async (...ended: Parameters<typeof world.inbox.settle>) => {
        for (let part = 0; isFirst && part < count; part += 1) await arrive(world, deltaOf(part));
        isFirst = false;
        world.doorbell.take();
        await world.inbox.settle(...ended);
      },
    };
    await answer(world, { ...world.deps, inbox, thresholds: THRESHOLDS });
    return world.doorbell.rings.map(({ delaySeconds }) => delaySeconds);
  };

  it('rings at once for many', async () => {
    expect(await dropWhileAtWork(5)).toEqual([2]);
  });

  it('rings for few when they will be old', async () => {
    expect(await dropWhileAtWork(2)).toEqual([30]);
    await answerAll(world);
    expect((await readHead(world.store, INDEX_PATH))?.head).toMatchObject({ version: 2 });
  });
});

describe('an empty inbox', () => {
  it('costs one read', async () => {
    await world.doorbell.ring(INDEX, 0);
    const process = world.newProcess();
    await answer(world, process.deps);
    expect(process.calls()).toBe(1);
  });
});

describe('collections', () => {
  it('compact side by side', async () => {
    await arrive(world, deltaOf(0));
    await arrive(world, deltaOf(0, { collection: 'notes' }));
    const rings = world.doorbell.take();
    const open = Promise.withResolvers<undefined>();
    const waiting = new Set<string>();
    const inbox = {
      ...world.inbox,
      pending: async (indexPath: string) => {
        waiting.add(indexPath);
        // Each goes on when both hold their leases.
        if (waiting.size === 2) open.resolve(undefined);
        await open.promise;
        return world.inbox.pending(indexPath);
      },
    };
    const both = rings.map((ring) => {
      world.doorbell.rings.push(ring);
      return answer(world, { ...world.deps, inbox });
    });
    expect(await Promise.all(both)).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect(world.inbox.waiting.size).toBe(0);
  });
});
