import { deltaRejectedV1, snapshotPublishedV1 } from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { readHead, verifySnapshot } from '@alluvium/vector-store';
import { describe, expect, it } from '@jest/globals';
import { makeHandler as onSchedule } from '../src/handlers/on-schedule.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import type { Death } from './support/mortal.ts';
import { announced, answer, answerAll, arrive, makeWorld, type World } from './support/world.ts';

const DELTAS = [0, 1, 2].map((part) => deltaOf(part));
const POISON = deltaOf(3);

const fill = async (): Promise<World> => {
  const world = makeWorld();
  for (const delta of DELTAS) await arrive(world, delta);
  await arrive(world, POISON, Buffer.from('no delta'));
  return world;
};

/** Ids of the deltas that somebody was told of. */
const told = async (world: World) => ({
  applied: new Set((await announced(world)).flat().map(({ deltaId }) => deltaId)),
  rejected: new Set(world.bus.dataOf(deltaRejectedV1).map(({ deltaId }) => deltaId)),
});

const expectToldBeforeMarked = async (world: World): Promise<void> => {
  const { applied, rejected } = await told(world);
  for (const { state, deltaId } of world.inbox.settled.values())
    expect((state === 'APPLIED' ? applied : rejected).has(deltaId)).toBe(true);
};

const expectSettled = async (world: World): Promise<void> => {
  const ids = DELTAS.map(({ deltaId }) => deltaId).sort();
  const { applied, rejected } = await told(world);
  expect([...applied].sort()).toEqual(ids);
  expect([...rejected]).toEqual([POISON.deltaId]);
  expect(world.inbox.waiting.size).toBe(0);
  expect([...world.inbox.settled.values()].map(({ state }) => state).sort()).toEqual([
    'APPLIED',
    'APPLIED',
    'APPLIED',
    'REJECTED',
  ]);
  const current = await readHead(world.store, INDEX_PATH);
  expect(current?.head).toMatchObject({ version: 1, counts: { documents: 3, chunks: 3 } });
  expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
};

/** A compactor dies; when its lease is over, the schedule rings and another one goes on. */
const dieAndRecover = async (death: Death): Promise<void> => {
  const world = await fill();
  await answer(world, world.newProcess(death).deps);
  await expectToldBeforeMarked(world);
  world.doorbell.take();
  world.runtime.advance(15 * 60_000);
  await onSchedule(world.deps)({}, testContext());
  await answerAll(world);
  await expectSettled(world);
};

const CALLS = await fill().then(async (world) => {
  const process = world.newProcess();
  await answer(world, process.deps);
  return Array.from({ length: process.calls() }, (_, index) => index + 1);
});

describe('a compactor that dies', () => {
  it('goes through commit, announcement, marks and release when nothing happens', async () => {
    const world = await fill();
    await answer(world);
    await expectSettled(world);
    expect(world.bus.dataOf(snapshotPublishedV1)).toHaveLength(1);
    expect(world.doorbell.rings).toEqual([]);
  });

  it.each(CALLS)('leaves nothing unsettled or untold when it dies before its call %i', (atCall) =>
    dieAndRecover({ atCall, when: 'before' }),
  );

  it.each(CALLS)('leaves nothing unsettled or untold when it dies after its call %i', (atCall) =>
    dieAndRecover({ atCall, when: 'after' }),
  );
});
