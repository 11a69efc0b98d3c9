import {
  appliedPartsV1,
  deltaRejectedV1,
  operationRequestedV1,
  snapshotPublishedV1,
  type PointerV1,
} from '@alluvium/contracts';
import { readHead, verifySnapshot } from '@alluvium/vector-store';
import { testContext } from '@alluvium/testkit';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onReconcile } from '../src/handlers/on-reconcile.ts';
import { deltaOf, INDEX_PATH, storeDelta } from './support/deltas.ts';
import { operate } from './support/operate.ts';
import { answerAll, arrive, makeWorld, type World } from './support/world.ts';

let world: World;

const settle = async (...deltas: Parameters<typeof arrive>[1][]): Promise<void> => {
  for (const delta of deltas) await arrive(world, delta);
  await answerAll(world);
};

const goBack = (to: number, deps = world.deps) =>
  operate(world, { operation: 'rollback-snapshot', args: { version: to }, reason: 'a wrong import' }, deps);

const headOf = async () => (await readHead(world.store, INDEX_PATH))?.head;
const partsAt = async (pointer: PointerV1 | undefined): Promise<number[]> =>
  (await world.objects.readDocument(appliedPartsV1, pointer!)).parts.map(({ part }) => part);

const lastAnnounced = async (): Promise<unknown> => {
  const { kind, version, applied, reverted } = world.bus.dataOf(snapshotPublishedV1).at(-1)!;
  return { kind, version, applied: await partsAt(applied), reverted: await partsAt(reverted) };
};

beforeEach(async () => {
  world = makeWorld();
  for (const part of [0, 1]) await settle(deltaOf(part));
});

describe('rollback-snapshot', () => {
  it('makes a version with the old content, and tells the world what it took out', async () => {
    const answer = await goBack(1);
    expect(answer).toMatchObject({
      outcome: 'done',
      summary: 'Version 3 has the content of version 1; 1 delta taken out, to be refused from now on.',
      report: { contentSchema: 'rollback.v1' },
    });
    expect(await lastAnnounced()).toEqual({ kind: 'rollback', version: 3, applied: [], reverted: [1] });
    expect(await headOf()).toMatchObject({ version: 3, counts: { documents: 1 } });
    expect(await world.changes.all()).toEqual([]);
  });

  it('follows from the request that asked for it', async () => {
    await goBack(1);
    const [published, completed] = world.bus.events.slice(-2);
    expect(published?.detail.metadata.causationId).toBe(completed?.detail.metadata.causationId);
    expect(published?.detail.metadata.correlationId).toBe(completed?.detail.metadata.correlationId);
  });

  it('leads to refusals of what it took out, and lets in what is new', async () => {
    await goBack(1);
    await settle({ ...deltaOf(1), attempt: 2 }, deltaOf(2));
    expect(world.bus.dataOf(deltaRejectedV1)).toMatchObject([
      { deltaId: deltaOf(1).deltaId, attempt: 2, error: { code: 'REVERTED' } },
    ]);
    expect(await headOf()).toMatchObject({ version: 4, counts: { documents: 2 } });
    expect(await verifySnapshot(world.store, INDEX_PATH)).toMatchObject({ problems: [] });
  });

  it('to the version before it tells what came back', async () => {
    await goBack(1);
    await goBack(2);
    expect(await lastAnnounced()).toEqual({ kind: 'rollback', version: 4, applied: [1], reverted: [] });
  });

  it('that was done already changes nothing, and is announced all the same', async () => {
    await goBack(1);
    expect(await goBack(1)).toMatchObject({ outcome: 'done' });
    expect(await headOf()).toMatchObject({ version: 3 });
    expect(await lastAnnounced()).toMatchObject({ kind: 'rollback', version: 3, reverted: [1] });
  });

  it('says what it would do when it is a dry run', async () => {
    const answer = await operate(world, {
      operation: 'rollback-snapshot',
      args: { version: 1, dryRun: true },
    });
    expect(answer.summary).toBe(
      'From version 2 to the content of version 1: 0 documents would come back, 0 change, 1 go.',
    );
    expect(await headOf()).toMatchObject({ version: 2 });
  });

  it.each([
    [{ version: 9 }, 'VERSION_UNKNOWN'],
    [{ asOf: 'nowhere' }, 'TAG_UNKNOWN'],
    [{}, 'OPERATION_ARGUMENT_MISSING'],
    [{ version: 1, indexPath: 'indexes/none/model=tiny/dims=4/' }, 'VERSION_UNKNOWN'],
  ])('to %p fails with %s', async (args, code) => {
    const answer = await operate(world, { operation: 'rollback-snapshot', args });
    expect(answer).toMatchObject({ outcome: 'failed', error: { code } });
  });

  it('waits for a compactor, and gives up after five minutes', async () => {
    await world.deps.leases.acquire({ pk: `lease#${INDEX_PATH}`, sk: 'lease' }, { runId: 'another' });
    const busy = { ...world.deps, leases: { ...world.deps.leases } };
    const taken = await busy.leases.acquire({ pk: `lease#${INDEX_PATH}`, sk: 'lease' });
    if (taken.kind !== 'held') throw new Error('The lease is free');
    busy.leases.acquire = async () => taken;
    expect(await goBack(1, busy)).toMatchObject({ outcome: 'failed', error: { code: 'LEASE_HELD' } });
  });
});

describe('a rollback whose process died before it could tell', () => {
  const dieBeforeTelling = async (): Promise<void> => {
    const bus = { ...world.bus, publish: () => Promise.reject(new Error('killed')) };
    await expect(goBack(1, { ...world.deps, bus })).rejects.toThrow();
    expect(await headOf()).toMatchObject({ version: 3 });
  };

  const reconcile = () => onReconcile(world.deps)({}, testContext());

  it('is told later, as the version has it that is current then', async () => {
    await dieBeforeTelling();
    await settle(deltaOf(2));
    await reconcile();
    expect(world.bus.dataOf(snapshotPublishedV1).map(({ kind }) => kind)).not.toContain('rollback');
    world.runtime.advance(21 * 60_000);
    await reconcile();
    expect(await lastAnnounced()).toEqual({ kind: 'rollback', version: 4, applied: [], reverted: [1] });
    expect(await world.changes.all()).toEqual([]);
  });
});

describe('unrevert-snapshot', () => {
  it('lets the deltas in again, and tells the world', async () => {
    await storeDelta(world.objects, deltaOf(1));
    await goBack(1);
    const answer = await operate(world, { operation: 'unrevert-snapshot' });
    expect(answer).toMatchObject({ outcome: 'done', summary: 'Version 4 has 1 delta again.' });
    expect(await lastAnnounced()).toEqual({ kind: 'unrevert', version: 4, applied: [1], reverted: [] });
  });

  it.each([
    [{}, '2 deltas would be let in again.', undefined],
    [{ version: 3 }, '1 delta would be let in again.', undefined],
    [{ version: 4 }, undefined, 'VERSION_UNKNOWN'],
    [{ runId: '0'.repeat(26) }, '0 deltas would be let in again.', undefined],
  ])('of %p in a dry run', async (args, summary, code) => {
    await goBack(1);
    await settle(deltaOf(5));
    await goBack(3);
    const answer = await operate(world, { operation: 'unrevert-snapshot', args: { ...args, dryRun: true } });
    expect([answer.summary, answer.error?.code]).toEqual([summary, code]);
  });

  it('names the deltas that are gone', async () => {
    await goBack(1);
    world.objects.stored.delete((await storeDelta(world.objects, deltaOf(1))).delta.key);
    const answer = await operate(world, { operation: 'unrevert-snapshot' });
    expect(answer.summary).toBe(
      'Nothing was let in; nothing was changed. 1 delta cannot be read any more and stay out.',
    );
  });
});

it('an operation of another service is none of ours', async () => {
  const before = world.bus.events.length;
  await expect(operate(world, { operation: 'tag-snapshot', target: 'ingest' })).rejects.toThrow(
    'was not answered',
  );
  expect(world.bus.events.length).toBe(before);
  expect(world.bus.dataOf(operationRequestedV1)).toEqual([]);
});
