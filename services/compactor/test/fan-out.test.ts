import {
  assertEvent,
  mergeCompletedV1,
  mergeRequestedV1,
  type EventContract,
  type EventDetail,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { readHead, verifySnapshot } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onSchedule } from '../src/handlers/on-schedule.ts';
import { Backlog, upTo } from './support/backlog.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import type { Death } from './support/mortal.ts';
import { answerAll, arrive, makeWorld } from './support/world.ts';

let backlog: Backlog;

/** The same deltas, published in the plain way. */
const plainHead = async (count: number) => {
  const plain = makeWorld();
  for (let part = 0; part < count; part += 1) await arrive(plain, deltaOf(part));
  await answerAll(plain);
  return (await readHead(plain.store, INDEX_PATH))?.head;
};

beforeEach(() => {
  backlog = new Backlog();
});

describe('a backlog', () => {
  it('is published at once while it is small', async () => {
    await backlog.fill(20);
    await backlog.ring();
    await backlog.expectSettled(20);
    expect(backlog.levelsOf(mergeRequestedV1)).toEqual([]);
  });

  it('is merged in groups of ten before it is published, and nobody holds the lease meanwhile', async () => {
    await backlog.fill(35);
    await backlog.ring();
    expect(backlog.levelsOf(mergeRequestedV1)).toEqual([1, 1, 1, 1]);
    expect(backlog.world.bus.dataOf(mergeRequestedV1).map(({ inputs }) => inputs.length)).toEqual([
      10, 10, 10, 5,
    ]);
    expect(await backlog.head()).toBeUndefined();
    await backlog.mergeAll();
    await backlog.answerWaiting();
    await backlog.expectSettled(35);
    expect((await backlog.head())?.version).toBe(1);
    expect((await backlog.head())?.setHash).toBe((await plainHead(35))?.setHash);
  });

  it('is merged again while it has more than four groups', async () => {
    await backlog.fill(105);
    await backlog.ring();
    await backlog.mergeAll();
    expect(backlog.levelsOf(mergeRequestedV1).filter((level) => level === 1)).toHaveLength(11);
    expect(backlog.levelsOf(mergeRequestedV1).filter((level) => level === 2)).toHaveLength(2);
    await backlog.answerWaiting();
    await backlog.expectSettled(105);
  });

  it('lets deltas that come later go ahead', async () => {
    await backlog.fill(35);
    await backlog.ring();
    await backlog.fill(2, 100);
    await backlog.ring();
    expect(await backlog.announcedParts()).toEqual([100, 101]);
    await backlog.mergeAll();
    await backlog.answerWaiting();
    expect(await backlog.announcedParts()).toEqual([...upTo(35), 100, 101]);
    expect(await verifySnapshot(backlog.world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('is read once: the publish takes the segments of the merges', async () => {
    await backlog.fill(35);
    await backlog.ring();
    await backlog.mergeAll();
    backlog.world.objects.readBytes = () => Promise.reject(new Error('A delta is read under the lease'));
    await backlog.answerWaiting();
    expect(await backlog.announcedParts()).toEqual(upTo(35));
  });

  it('rejects its poison and settles the rest', async () => {
    await backlog.fill(30);
    await arrive(backlog.world, deltaOf(30), Buffer.from('no delta'));
    await arrive(backlog.world, deltaOf(31, { model: { id: 'other@0123456789ab', dims: 4 } }));
    await backlog.ring();
    await backlog.mergeAll();
    await backlog.answerWaiting();
    expect(await backlog.announcedParts()).toEqual(upTo(30));
    const rejected = [...backlog.world.inbox.settled.values()].filter(({ state }) => state === 'REJECTED');
    expect(rejected.map(({ part }) => part).sort()).toEqual([30, 31]);
  });
});

describe('events of merges', () => {
  it('may come twice and in any order', async () => {
    await backlog.fill(55);
    await backlog.ring();
    await backlog.ring();
    await backlog.mergeAll((events) => [...events, ...events.slice().reverse(), ...events]);
    await backlog.answerWaiting();
    await backlog.expectSettled(55);
    const outputs = new Map<string, Set<string>>();
    for (const { mergeId, output } of backlog.world.bus.dataOf(mergeCompletedV1))
      outputs.set(mergeId, (outputs.get(mergeId) ?? new Set()).add(output.sha256));
    expect(outputs.size).toBe(7);
    expect([...outputs.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it.each([
    ['requested', mergeRequestedV1.name],
    ['completed', mergeCompletedV1.name],
  ])('may be lost: after the deadline the plain way settles every delta (merge.%s)', async (_verb, name) => {
    await backlog.fill(45);
    await backlog.ring();
    let lost = 0;
    await backlog.mergeAll((events) =>
      events.filter(({ detailType }) => detailType !== name || (lost += 1) !== 3),
    );
    await backlog.answerWaiting();
    expect(await backlog.head()).toBeUndefined();
    backlog.world.runtime.advance(15 * 60_000);
    await onSchedule(backlog.world.deps)({}, testContext());
    await backlog.answerWaiting();
    await backlog.expectSettled(45);
    expect(backlog.levelsOf(mergeRequestedV1).filter((level) => level === 1)).toHaveLength(5);
  });

  it('that come after their compaction has ended change nothing', async () => {
    await backlog.fill(35);
    await backlog.ring();
    const events = backlog.nextEvents();
    await backlog.mergeAll();
    for (const event of events) await backlog.deliver(event);
    await backlog.mergeAll();
    await backlog.answerWaiting();
    const before = await backlog.head();
    for (const event of backlog.world.bus.events) await backlog.deliver(event);
    await backlog.answerWaiting();
    expect(await backlog.head()).toEqual(before);
    await backlog.expectSettled(35);
  });

  it('fit their contracts', async () => {
    await backlog.fill(45);
    await backlog.ring();
    await backlog.mergeAll();
    const contracts = [mergeRequestedV1, mergeCompletedV1] as EventContract<EventDetail>[];
    for (const { detailType, detail } of backlog.world.bus.events)
      for (const contract of contracts)
        if (contract.name === detailType) assertEvent(contract, detail, 'producer');
  });
});

describe('a compactor that dies while a backlog is merged', () => {
  const PARTS = 12;
  const FEW = 5;

  // The compactor dies at one of its calls, at the beginning of the merges or at their publish.
  const dieAt = async (death: Death, isMerged: boolean): Promise<void> => {
    backlog = new Backlog();
    await backlog.fill(PARTS);
    if (isMerged) {
      await backlog.ring(backlog.depsOf(FEW));
      await backlog.mergeAll();
    }
    await backlog.ring({ ...backlog.world.newProcess(death).deps, fanOutAfterDeltas: FEW });
    await backlog.mergeAll();
    await backlog.answerWaiting();
    backlog.world.runtime.advance(15 * 60_000);
    await onSchedule(backlog.world.deps)({}, testContext());
    await backlog.answerWaiting();
    expect(backlog.world.inbox.waiting.size).toBe(0);
    expect([...new Set(await backlog.announcedParts())]).toEqual(upTo(PARTS));
    expect(await backlog.head()).toMatchObject({ counts: { documents: PARTS } });
    expect(await verifySnapshot(backlog.world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  };

  it.each([
    ['it asks for merges', false, 12],
    ['it publishes what they made', true, 60],
  ])('leaves nothing unsettled, whenever that is while %s', async (_when, isMerged, calls) => {
    for (let atCall = 1; atCall <= calls; atCall += 1)
      for (const when of ['before', 'after'] as const) await dieAt({ atCall, when }, isMerged);
  });
});
