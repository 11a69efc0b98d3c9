import { randomUUID } from 'node:crypto';
import { deltaRejectedV1 } from '@alluvium/contracts';
import { readHead, rollback, verifySnapshot } from '@alluvium/vector-store';
import { describe, expect, it } from '@jest/globals';
import { leaseKeyOf } from '../src/settle-index.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import { answerAll, arrive, makeWorld, type World } from './support/world.ts';

/** What an operator does: takes the lease, goes back, gives the lease back. */
const goBack = async ({ deps, store, clock, runtime }: World, to: number): Promise<void> => {
  const acquisition = await deps.leases.acquire(leaseKeyOf(INDEX_PATH), { runId: randomUUID() });
  if (acquisition.kind === 'held') throw new Error('The lease is held');
  const { lease } = acquisition;
  const newId = (): string => runtime.origin.newEventId();
  const writer = { store, indexPath: INDEX_PATH, fence: lease.fence, clock, newId };
  await rollback({ ...writer, checkLease: () => lease.check(), to });
  await lease.release();
};

const settle = async (world: World, ...deltas: Parameters<typeof arrive>[1][]): Promise<void> => {
  for (const delta of deltas) await arrive(world, delta);
  await answerAll(world);
};

describe('after a rollback', () => {
  it('what it took out is rejected when it comes again, and what is new is settled', async () => {
    const world = makeWorld();
    await settle(world, deltaOf(0));
    await settle(world, deltaOf(1));
    await goBack(world, 1);
    await settle(world, { ...deltaOf(1), attempt: 2 }, deltaOf(2));
    const rejected = world.bus.dataOf(deltaRejectedV1);
    expect(rejected).toMatchObject([
      { deltaId: deltaOf(1).deltaId, attempt: 2, error: { code: 'REVERTED' } },
    ]);
    const current = await readHead(world.store, INDEX_PATH);
    expect(current?.head).toMatchObject({ version: 4, counts: { documents: 2 } });
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
    expect(world.inbox.waiting.size).toBe(0);
  });
});
