import { compactionRequestedV1, deltaRejectedV1, makeEvent } from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { readHead } from '@alluvium/vector-store';
import { describe, expect, it } from '@jest/globals';
import { makeHandler as onCompactionRequested } from '../src/handlers/on-compaction-requested.ts';
import { makeHandler as onDeltaCreated } from '../src/handlers/on-delta-created.ts';
import { makeHandler as onSchedule } from '../src/handlers/on-schedule.ts';
import { createdEvent, deltaOf, INDEX_PATH, storeDelta } from './support/deltas.ts';
import { answerAll, arrive, makeWorld, type World } from './support/world.ts';

const INDEX = { collection: 'docs', indexPath: INDEX_PATH };

const request = (world: World, collection: string, requestId = 'request') =>
  delivered(
    makeEvent(
      compactionRequestedV1,
      { collection, requestId },
      { correlationId: 'job' },
      world.runtime.origin,
    ),
  );

describe('on-delta-created', () => {
  it('registers the index, puts the delta into the inbox and rings', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(7));
    expect(await world.inbox.indexes()).toEqual([INDEX]);
    expect(await world.inbox.pending(INDEX_PATH)).toMatchObject([{ part: 7, tries: 0 }]);
    expect(world.doorbell.rings).toEqual([{ ...INDEX, delaySeconds: 2 }]);
  });

  it('knows a delta that comes twice, waiting or settled', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    await arrive(world, deltaOf(0));
    expect(world.inbox.waiting.size).toBe(1);
    await answerAll(world);
    await arrive(world, deltaOf(0));
    expect(world.inbox.waiting.size).toBe(0);
  });

  it('rejects a delta whose path is not that of its model', async () => {
    const world = makeWorld();
    const data = await storeDelta(world.objects, deltaOf(0));
    const index = { ...data.index, path: 'indexes/notes/model=tiny@0123456789ab/dims=4/' };
    const event = delivered(createdEvent({ ...data, index }, world.runtime.origin));
    const answer = await onDeltaCreated(world.deps)(sqsEvent([event]), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(world.bus.dataOf(deltaRejectedV1)).toMatchObject([{ part: 0, error: { code: 'INDEX_MISMATCH' } }]);
    expect(await world.inbox.indexes()).toEqual([]);
    expect(world.runtime.deadLetterList).toHaveLength(1);
  });

  it('rejects nothing because the table does not answer', async () => {
    const world = makeWorld();
    const data = await storeDelta(world.objects, deltaOf(0));
    const add = async () => {
      throw new Error('DynamoDB is away');
    };
    const handler = onDeltaCreated({ ...world.deps, inbox: { ...world.inbox, add } });
    const event = sqsEvent([delivered(createdEvent(data, world.runtime.origin))], 5);
    expect((await handler(event, testContext())).batchItemFailures).toHaveLength(1);
    expect(world.bus.events).toEqual([]);
    expect(world.doorbell.rings).toEqual([]);
  });
});

describe('on-schedule', () => {
  it('makes lost doorbells good', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    world.doorbell.take();
    await onSchedule(world.deps)({}, testContext());
    await answerAll(world);
    expect((await readHead(world.store, INDEX_PATH))?.head).toMatchObject({ version: 1 });
    await onSchedule(world.deps)({}, testContext());
    expect(world.doorbell.rings).toEqual([]);
  });
});

describe('on-compaction-requested', () => {
  it('rings at once for the indexes of the collection that have something waiting', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    await arrive(world, deltaOf(0, { collection: 'notes' }));
    await arrive(world, deltaOf(0, { collection: 'empty' }));
    world.doorbell.take();
    const [item] = await world.inbox.pending(INDEX_PATH.replace('docs', 'empty'));
    await world.inbox.settle(item!, { state: 'APPLIED', version: 1 });
    const handler = onCompactionRequested(world.deps);
    await handler(request(world, 'docs'), testContext());
    await handler(request(world, 'empty'), testContext());
    await handler(request(world, 'unknown'), testContext());
    expect(world.doorbell.rings).toEqual([{ ...INDEX, delaySeconds: 0 }]);
  });

  it('serves a request once', async () => {
    const world = makeWorld();
    await arrive(world, deltaOf(0));
    world.doorbell.take();
    const handler = onCompactionRequested(world.deps);
    await handler(request(world, 'docs'), testContext());
    await handler(request(world, 'docs'), testContext());
    expect(world.doorbell.rings).toHaveLength(1);
    await handler(request(world, 'docs', 'another'), testContext());
    expect(world.doorbell.rings).toHaveLength(2);
  });
});
