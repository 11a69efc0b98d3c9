import { describe, expect, it } from '@jest/globals';
import { runCompletedV1 } from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { makeHandler } from '../src/handlers/on-sweep.ts';
import { readJob } from '../src/read-jobs.ts';
import { eventsOf, makeWorld, RUN_ID } from './support/world.ts';

const setUp = async () => {
  const world = makeWorld();
  const run = eventsOf(world);
  await world.deliver(run.started());
  const { bus } = world;
  world.deps.bus = { ...bus, publishAll: () => Promise.reject(new Error('the process died')) };
  const failures = await world.deliver(run.sealed(0));
  world.deps.bus = bus;
  return { world, run, failures, sweep: () => makeHandler(world.deps)({}, testContext()) };
};

describe('an event that was kept but not sent', () => {
  it('belongs to a job that has ended already', async () => {
    const { world, failures } = await setUp();
    expect(failures).toBe(1);
    expect((await readJob(world.deps, RUN_ID)).state).toBe('done');
    expect(world.bus.dataOf(runCompletedV1)).toEqual([]);
  });

  it('is sent by the sweep after a minute, as the same event, once', async () => {
    const { world, run, sweep } = await setUp();
    const ids = [...world.kept.keys()];
    const before = world.bus.events.length;
    await world.deliver(run.sealed(0));
    await sweep();
    expect(world.bus.events).toHaveLength(before);
    world.runtime.advance(61_000);
    await sweep();
    await sweep();
    expect(world.bus.events.slice(before).map(({ detail }) => detail.metadata.eventId)).toEqual(ids);
    expect(world.kept.size).toBe(0);
  });
});
