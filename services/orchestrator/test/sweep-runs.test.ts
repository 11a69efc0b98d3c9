import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  appliedPartsV1,
  assertProduced,
  ingestionContinuedV1,
  ingestionRequestedV1,
  jobFailedV1,
  jobV1,
  runCompletedV1,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { missingParts } from '../src/domain/missing.ts';
import { makeHandler } from '../src/handlers/on-sweep.ts';
import { readJob } from '../src/read-jobs.ts';
import { MAX_NUDGES, QUIET_MS } from '../src/sweep-runs.ts';
import { eventsOf, INDEX, makeWorld, RUN_ID, type World } from './support/world.ts';

let world: World;

beforeEach(() => {
  world = makeWorld();
});

const sweep = () => makeHandler(world.deps)({}, testContext());
const sweepLater = async (): Promise<void> => {
  world.runtime.advance(QUIET_MS + 1);
  await sweep();
};
const status = async () => assertProduced(jobV1, await readJob(world.deps, RUN_ID));
const nudges = () => world.bus.dataOf(ingestionContinuedV1);

describe('a run that does not move', () => {
  it('is left alone while it may be at work', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued());
    world.runtime.advance(QUIET_MS - 1);
    await sweep();
    expect(nudges()).toEqual([]);
  });

  it('is sent on its way again, as it began', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued(), run.fetched(0));
    await sweepLater();
    await sweep();
    expect(nudges()).toEqual([run.continued().detail.data]);
    expect((await status()).state).toBe('running');
  });

  it('that nobody took up is asked for again', async () => {
    const run = eventsOf(world);
    await world.deliver(run.continued());
    await sweepLater();
    expect(world.bus.dataOf(ingestionRequestedV1)).toMatchObject([{ collection: 'docs', attempt: 1 }]);
    expect(nudges()).toEqual([]);
  });

  it('is left alone while a provider has its parts, which answers within a day', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued());
    await world.deliver(run.batched(0));
    await sweepLater();
    world.runtime.advance(24 * 3_600_000);
    await sweep();
    expect(nudges()).toEqual([]);
    world.runtime.advance(3 * 3_600_000);
    await sweep();
    expect(nudges()).toHaveLength(1);
  });

  it('ends as stalled with the exact parts that are missing', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued(), run.sealed(6));
    for (const part of [0, 1, 2, 4]) await world.deliver(run.fetched(part));
    await world.deliver(await run.derived(0, 0), await run.derived(4, 2), run.failed(1, 'derive'));
    for (let sweeps = 0; sweeps <= MAX_NUDGES; sweeps += 1) await sweepLater();
    expect(nudges()).toHaveLength(MAX_NUDGES);
    const job = await status();
    expect(job).toMatchObject({ state: 'stalled', complete: false, error: { code: 'RUN_STALLED' } });
    expect(job.missing).toEqual([
      { stage: 'derived', first: 2, last: 2 },
      { stage: 'fetched', first: 3, last: 3 },
      { stage: 'chunked', first: 4, last: 4 },
      { stage: 'fetched', first: 5, last: 5 },
    ]);
    expect(job.error?.message).toContain('part 2 before derived, part 3 before fetched');
    expect(world.bus.dataOf(jobFailedV1)).toMatchObject([{ jobId: RUN_ID, state: 'stalled' }]);
    expect(world.bus.dataOf(runCompletedV1)).toEqual([]);
  });

  it('stays stalled, whatever comes afterwards', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(1));
    await sweepLater();
    expect((await status()).state).toBe('stalled');
    await world.deliver(run.fetched(0), await run.derived(0, 0));
    await sweepLater();
    expect((await status()).state).toBe('stalled');
    expect(world.bus.dataOf(jobFailedV1)).toHaveLength(1);
  });

  it('has its tries anew once it moves, and none for what is only told again', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued(), run.sealed(1));
    await sweepLater();
    await world.deliver(run.fetched(0));
    await sweepLater();
    await sweepLater();
    await world.deliver(run.fetched(0));
    expect((await status()).state).toBe('running');
    await sweepLater();
    expect(nudges()).toHaveLength(3);
    expect((await status()).state).toBe('stalled');
  });
});

describe('a run whose snapshot was published unheard', () => {
  it('is done when the lists beside the index have all of its parts', async () => {
    const run = eventsOf(world);
    await world.deliver(run.started(), run.continued(), run.sealed(1), run.fetched(0));
    await world.deliver(await run.derived(0, 2), run.chunked(0), run.durable(0));
    const { deps } = world;
    const document = { collection: 'docs', createdAt: '2026-03-01T12:00:00.000Z', active: INDEX };
    await deps.store.put(
      'collections/docs.json',
      Buffer.from(JSON.stringify({ ...document, updatedAt: document.createdAt })),
    );
    const applied = assertProduced(appliedPartsV1, {
      collection: 'docs',
      parts: [{ runId: RUN_ID, attempt: 1, part: 0, deltaId: 'd'.repeat(26) }],
    });
    await deps.store.put(`${INDEX.path}published/01.json`, Buffer.from(JSON.stringify(applied)));
    await sweepLater();
    expect(await status()).toMatchObject({ state: 'done', complete: true });
    expect(nudges()).toEqual([]);
  });
});

describe('missing parts', () => {
  it('of a run that was never sealed begin where the crawl ended', () => {
    expect(missingParts([], undefined)).toEqual([{ stage: 'fetched', first: 0, last: 0 }]);
  });

  it('that nobody heard of are one range, however many an event claims', () => {
    expect(missingParts([], 2_000_000_000)).toEqual([{ stage: 'fetched', first: 0, last: 1_999_999_999 }]);
  });
});
