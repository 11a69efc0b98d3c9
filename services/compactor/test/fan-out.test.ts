import {
  assertEvent,
  mergeCompletedV1,
  mergeRequestedV1,
  type EventContract,
  type EventDetail,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { openSnapshot, readHead, verifySnapshot, type Delta } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onMergeCompleted } from '../src/handlers/on-merge-completed.ts';
import { makeHandler as onMergeRequested } from '../src/handlers/on-merge-requested.ts';
import { makeHandler as onSchedule } from '../src/handlers/on-schedule.ts';
import type { CompactorDeps } from '../src/ports.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import type { Death } from './support/mortal.ts';
import { announced, answer, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };

let world: World;
/** How far the bus was read. */
let heard: number;

const depsOf = (fanOutAfterDeltas: number): CompactorDeps => ({ ...world.deps, fanOutAfterDeltas });

const HANDLERS: Record<string, (deps: CompactorDeps) => ReturnType<typeof onMergeRequested>> = {
  [mergeRequestedV1.name]: onMergeRequested,
  [mergeCompletedV1.name]: onMergeCompleted,
};

const deliver = async (event: OutgoingEvent, deps = depsOf(20), receives = 1): Promise<number> => {
  const handler = HANDLERS[event.detailType]?.(deps);
  const batch = sqsEvent([delivered(event)], receives);
  return (await handler?.(batch, testContext()))?.batchItemFailures.length ?? 0;
};

const nextEvents = (): OutgoingEvent[] => {
  const events = world.bus.events.slice(heard);
  heard += events.length;
  return events.filter(({ detailType }) => detailType in HANDLERS);
};

/** Delivers merges and what follows from them; `arrange` may lose, repeat and shuffle what is delivered at once. */
const mergeAll = async (arrange = (events: OutgoingEvent[]): OutgoingEvent[] => events): Promise<void> => {
  for (let events = nextEvents(); events.length > 0; events = nextEvents())
    for (const event of arrange(events)) await deliver(event);
};

const ring = async (deps = depsOf(20)): Promise<void> => {
  world.doorbell.take();
  await world.doorbell.ring(INDEX, 0);
  await answer(world, deps);
};

const answerWaiting = async (): Promise<void> => {
  for (let rounds = 0; rounds < 20 && world.doorbell.rings.length > 0; rounds += 1)
    await answer(world, depsOf(20));
};

const fill = async (count: number, first = 0): Promise<void> => {
  for (let part = first; part < first + count; part += 1) await arrive(world, deltaOf(part));
  world.doorbell.take();
};

const levelsOf = <Detail extends EventDetail<{ level: number }>>(contract: EventContract<Detail>): number[] =>
  world.bus.dataOf(contract).map(({ level }) => level);

const head = async () => (await readHead(world.store, INDEX_PATH))?.head;
const announcedParts = async (): Promise<number[]> =>
  (await announced(world))
    .flat()
    .map(({ part }) => part)
    .sort((left, right) => left - right);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const expectSettled = async (count: number): Promise<void> => {
  expect(world.inbox.waiting.size).toBe(0);
  expect(await announcedParts()).toEqual(upTo(count));
  expect(await head()).toMatchObject({ counts: { documents: count, chunks: count } });
  expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
};

/** The same deltas, published in the plain way. */
const plainHead = async (count: number) => {
  const plain = makeWorld();
  for (let part = 0; part < count; part += 1) await arrive(plain, deltaOf(part));
  await answerAll(plain);
  return (await readHead(plain.store, INDEX_PATH))?.head;
};

beforeEach(() => {
  world = makeWorld();
  heard = 0;
});

describe('a backlog', () => {
  it('is published at once while it is small', async () => {
    await fill(20);
    await ring();
    await expectSettled(20);
    expect(levelsOf(mergeRequestedV1)).toEqual([]);
  });

  it('is merged in groups of ten before it is published, and nobody holds the lease meanwhile', async () => {
    await fill(35);
    await ring();
    expect(levelsOf(mergeRequestedV1)).toEqual([1, 1, 1, 1]);
    expect(world.bus.dataOf(mergeRequestedV1).map(({ inputs }) => inputs.length)).toEqual([10, 10, 10, 5]);
    expect(await head()).toBeUndefined();
    await mergeAll();
    await answerWaiting();
    await expectSettled(35);
    expect((await head())?.version).toBe(1);
    expect((await head())?.setHash).toBe((await plainHead(35))?.setHash);
  });

  it('is merged again while it has more than four groups', async () => {
    await fill(105);
    await ring();
    await mergeAll();
    expect(levelsOf(mergeRequestedV1).filter((level) => level === 1)).toHaveLength(11);
    expect(levelsOf(mergeRequestedV1).filter((level) => level === 2)).toHaveLength(2);
    await answerWaiting();
    await expectSettled(105);
  });

  it('lets deltas that come later go ahead', async () => {
    await fill(35);
    await ring();
    await fill(2, 100);
    await ring();
    expect(await announcedParts()).toEqual([100, 101]);
    await mergeAll();
    await answerWaiting();
    expect(await announcedParts()).toEqual([...upTo(35), 100, 101]);
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('is read once: the publish takes the segments of the merges', async () => {
    await fill(35);
    await ring();
    await mergeAll();
    world.objects.readBytes = () => Promise.reject(new Error('A delta is read under the lease'));
    await answerWaiting();
    expect(await announcedParts()).toEqual(upTo(35));
  });

  it('rejects its poison and settles the rest', async () => {
    await fill(30);
    await arrive(world, deltaOf(30), Buffer.from('no delta'));
    await arrive(world, deltaOf(31, { model: { id: 'other@0123456789ab', dims: 4 } }));
    await ring();
    await mergeAll();
    await answerWaiting();
    expect(await announcedParts()).toEqual(upTo(30));
    const rejected = [...world.inbox.settled.values()].filter(({ state }) => state === 'REJECTED');
    expect(rejected.map(({ part }) => part).sort()).toEqual([30, 31]);
  });
});

describe('events of merges', () => {
  it('may come twice and in any order', async () => {
    await fill(55);
    await ring();
    await ring();
    await mergeAll((events) => [...events, ...events.slice().reverse(), ...events]);
    await answerWaiting();
    await expectSettled(55);
    const outputs = new Map<string, Set<string>>();
    for (const { mergeId, output } of world.bus.dataOf(mergeCompletedV1))
      outputs.set(mergeId, (outputs.get(mergeId) ?? new Set()).add(output.sha256));
    expect(outputs.size).toBe(7);
    expect([...outputs.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it.each([
    ['requested', mergeRequestedV1.name],
    ['completed', mergeCompletedV1.name],
  ])('may be lost: after the deadline the plain way settles every delta (merge.%s)', async (_verb, name) => {
    await fill(45);
    await ring();
    let lost = 0;
    await mergeAll((events) => events.filter(({ detailType }) => detailType !== name || (lost += 1) !== 3));
    await answerWaiting();
    expect(await head()).toBeUndefined();
    world.runtime.advance(15 * 60_000);
    await onSchedule(world.deps)({}, testContext());
    await answerWaiting();
    await expectSettled(45);
    expect(levelsOf(mergeRequestedV1).filter((level) => level === 1)).toHaveLength(5);
  });

  it('that come after their compaction has ended change nothing', async () => {
    await fill(35);
    await ring();
    const events = nextEvents();
    await mergeAll();
    for (const event of events) await deliver(event);
    await mergeAll();
    await answerWaiting();
    const before = await head();
    for (const event of world.bus.events) await deliver(event);
    await answerWaiting();
    expect(await head()).toEqual(before);
    await expectSettled(35);
  });

  it('fit their contracts', async () => {
    await fill(45);
    await ring();
    await mergeAll();
    const contracts = [mergeRequestedV1, mergeCompletedV1] as EventContract<EventDetail>[];
    for (const { detailType, detail } of world.bus.events)
      for (const contract of contracts)
        if (contract.name === detailType) assertEvent(contract, detail, 'producer');
  });
});

describe('a compactor that dies while a backlog is merged', () => {
  const PARTS = 12;
  const FEW = 5;

  // The compactor dies at one of its calls, at the beginning of the merges or at their publish.
  const dieAt = async (death: Death, isMerged: boolean): Promise<void> => {
    world = makeWorld();
    heard = 0;
    await fill(PARTS);
    if (isMerged) {
      await ring(depsOf(FEW));
      await mergeAll();
    }
    await ring({ ...world.newProcess(death).deps, fanOutAfterDeltas: FEW });
    await mergeAll();
    await answerWaiting();
    world.runtime.advance(15 * 60_000);
    await onSchedule(world.deps)({}, testContext());
    await answerWaiting();
    expect(world.inbox.waiting.size).toBe(0);
    expect([...new Set(await announcedParts())]).toEqual(upTo(PARTS));
    expect(await head()).toMatchObject({ counts: { documents: PARTS } });
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  };

  it.each([
    ['it asks for merges', false, 12],
    ['it publishes what they made', true, 60],
  ])('leaves nothing unsettled, whenever that is while %s', async (_when, isMerged, calls) => {
    for (let atCall = 1; atCall <= calls; atCall += 1)
      for (const when of ['before', 'after'] as const) await dieAt({ atCall, when }, isMerged);
  });
});

describe('an intermediate', () => {
  const mergedWorld = async (): Promise<void> => {
    await fill(35);
    await ring();
    await mergeAll();
  };

  const segments = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of world.store.list(`${INDEX_PATH}segments/`)) keys.push(key);
    return keys;
  };

  it('that is gone or broken costs time, and no delta', async () => {
    await mergedWorld();
    const [first, second] = await segments();
    await world.store.delete(first!);
    await world.store.put(second!, Buffer.from('something else'));
    await answerWaiting();
    await expectSettled(35);
  });

  it('that is old is not taken: garbage collection may have an eye on it', async () => {
    await mergedWorld();
    const before = await segments();
    const clock = { ...world.clock, nowMs: () => world.clock.nowMs() + 7 * 3_600_000 };
    const compactions = {
      ...world.compactions,
      find: async (indexPath: string) => {
        const open = await world.compactions.find(indexPath);
        return open && { ...open, deadlineMs: Infinity };
      },
    };
    await answer(world, { ...depsOf(20), clock, compactions });
    await expectSettled(35);
    const after = (await openSnapshot(world.store, INDEX_PATH))?.view.index.segments.map(({ key }) => key);
    expect(after?.filter((key) => before.includes(key))).toEqual([]);
  });

  it('that holds a delta which was settled meanwhile is not taken', async () => {
    await mergedWorld();
    const [item] = [...world.inbox.waiting.values()];
    await world.inbox.settle(item!, { state: 'REJECTED', reason: 'REVERTED', message: 'by a rollback' });
    await answerWaiting();
    expect(await announcedParts()).toEqual(upTo(35).filter((part) => part !== item!.part));
    expect(await head()).toMatchObject({ counts: { documents: 34 } });
  });
});

describe('the case of 465 deltas', () => {
  const COUNT = 465;
  const VECTORS = 26_501;

  // 57 passages a delta, and what is left for the last one.
  const passagesOf = (part: number): Delta => {
    const delta = deltaOf(part);
    const [document] = delta.documents;
    const [chunk] = document!.chunks;
    const length = Math.min(57, VECTORS - 57 * part);
    const chunks = Array.from({ length }, (_, ordinal) => ({
      ...chunk!,
      ordinal,
      chunkId: `chunk-${part}-${ordinal}`,
      vector: Float32Array.of(1, part + 1, ordinal, -1),
    }));
    return { ...delta, documents: [{ ...document!, chunks }] };
  };

  it('takes 47 merges of ten, five of those and one of these, and one publish', async () => {
    for (let part = 0; part < COUNT; part += 1) await arrive(world, passagesOf(part));
    await ring();
    await mergeAll();
    const levels = Map.groupBy(levelsOf(mergeRequestedV1), (level) => level);
    expect([...levels].map(([level, merges]) => [level, merges.length])).toEqual([
      [1, 47],
      [2, 5],
      [3, 1],
    ]);
    await answerWaiting();
    expect(world.inbox.waiting.size).toBe(0);
    expect(await announcedParts()).toEqual(upTo(COUNT));
    expect(await head()).toMatchObject({ version: 1, counts: { documents: COUNT, chunks: VECTORS } });
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
    expect((await openSnapshot(world.store, INDEX_PATH))?.describe().segments).toBe(1);
  });
});
