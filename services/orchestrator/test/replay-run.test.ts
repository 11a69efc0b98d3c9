import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  ingestionRequestedV1,
  jobFailedV1,
  jobV1,
  makeEvent,
  operationCompletedV1,
  operationRequestedV1,
  runCompletedV1,
  runManifestV1,
} from '@alluvium/contracts';
import { readJob } from '../src/read-jobs.ts';
import { eventsOf, makeWorld, RUN_ID, type World } from './support/world.ts';

let world: World;

beforeEach(() => {
  world = makeWorld();
});

const replay = () => {
  const { origin } = world.runtime;
  const operationId = origin.newEventId();
  const asked = { operationId, target: 'orchestrator', operation: 'replay-run', requestedBy: 'ops' };
  const data = { ...asked, args: { runId: RUN_ID } };
  return makeEvent(operationRequestedV1, data, { correlationId: operationId }, origin);
};
const status = async () => assertProduced(jobV1, await readJob(world.deps, RUN_ID));
const fail = async () => {
  const run = eventsOf(world);
  await world.deliver(run.started(), run.continued());
  await world.deliver(run.failed(0, 'chunk'), run.sealed(1), run.fetched(0), await run.derived(0, 2));
};

describe('replay-run', () => {
  it('asks for the same run once more, its attempt one higher', async () => {
    await fail();
    expect((await status()).state).toBe('failed');
    await world.deliver(replay());
    expect(world.bus.dataOf(ingestionRequestedV1)).toMatchObject([
      { collection: 'docs', attempt: 2, source: { name: 'files', connector: 'files' } },
    ]);
    expect(await status()).toMatchObject({ state: 'queued', attempt: 2, complete: false });
    expect(world.bus.dataOf(operationCompletedV1)).toMatchObject([{ outcome: 'done' }]);
  });

  it('replays once for one operation, however often it is delivered', async () => {
    await fail();
    const event = replay();
    await world.deliver(event);
    const { idempotency } = makeWorld().deps;
    // Whoever died after the change and before the answer does it again.
    world.deps.operationOutcomes = idempotency;
    await world.deliver(event);
    expect(world.bus.dataOf(ingestionRequestedV1)).toHaveLength(1);
    expect((await status()).attempt).toBe(2);
  });

  it('is over when its own parts are, and nothing of older attempts changes it', async () => {
    await fail();
    await world.deliver(replay());
    const [old, next] = [eventsOf(world), eventsOf(world, 2)];
    await world.deliver(next.started(), next.sealed(1), old.failed(0, 'embed'), old.sealed(1));
    expect(await status()).toMatchObject({ state: 'running', attempt: 2 });
    await world.deliver(next.fetched(0), await next.derived(0, 0));
    expect(await status()).toMatchObject({ state: 'done', attempt: 2 });
    expect(world.bus.dataOf(runCompletedV1).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ]);
    expect(world.bus.dataOf(jobFailedV1)).toHaveLength(1);
  });

  it('is done with what an earlier attempt applied: the compactor does not apply it again', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued(), run.sealed(1), run.fetched(0));
    await world.deliver(await run.derived(0, 2), run.chunked(0), run.durable(0));
    const published = await run.published(1, [0]);
    const { key } = published.detail.data.applied;
    await world.deps.store.put(key, world.objects.stored.get(key)!);
    await world.deliver(published);
    await world.deliver(replay());
    const next = eventsOf(world, 2);
    await world.deliver(next.started(), next.sealed(1), next.fetched(0));
    await world.deliver(await next.derived(0, 2), next.chunked(0));
    expect(await status()).toMatchObject({ state: 'running', attempt: 2 });
    await world.deliver(next.durable(0));
    expect(await status()).toMatchObject({ state: 'done', attempt: 2 });
  });

  it('finds what a run read in its manifest when no event told it', async () => {
    const run = eventsOf(world);
    const { source, fence } = run.continued().detail.data;
    const manifest = {
      ...{ runId: RUN_ID, attempt: 1, collection: 'docs', source, fence },
      ...{ startedAt: '2026-03-01T11:59:00.000Z', parts: [] },
    };
    await world.objects.writeDocument(runManifestV1, `runs/${RUN_ID}/manifest.json`, manifest);
    await world.deliver(run.started(), run.sealed(0));
    await world.deliver(replay());
    expect(world.bus.dataOf(ingestionRequestedV1)).toMatchObject([{ source, attempt: 2 }]);
  });

  it('fails for a run that is under way, unknown, or of which nobody wrote down what it reads', async () => {
    const run = eventsOf(world);
    await world.deliver(replay());
    await world.deliver(run.started());
    await world.deliver(replay());
    await world.deliver(run.sealed(0));
    await world.deliver(replay());
    expect(world.bus.dataOf(operationCompletedV1).map(({ error }) => error?.code)).toEqual([
      'JOB_NOT_FOUND',
      'JOB_RUNNING',
      'RUN_SOURCE_UNKNOWN',
    ]);
  });
});
