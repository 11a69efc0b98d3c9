import { describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  collectionV1,
  compactionRequestedV1,
  deltaRejectedV1,
  jobV1,
  makeEvent,
  runCompletedV1,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { readObject } from '@alluvium/vector-store';
import fc from 'fast-check';
import { readJob } from '../src/read-jobs.ts';
import { eventsOf, INDEX, makeWorld, RUN_ID, STARTED_AT, type World } from './support/world.ts';

/** Events of a run: part 0 is unchanged, the last one fails when `withFailure`, the others go through. */
const eventsOfRun = async (world: World, total: number, withFailure: boolean): Promise<OutgoingEvent[]> => {
  const run = eventsOf(world);
  const through = Array.from({ length: total }, (_, part) => part).slice(1, withFailure ? -1 : undefined);
  const events: OutgoingEvent[] = [run.started(), run.sealed(total), run.fetched(0), await run.derived(0, 0)];
  for (const part of through) {
    events.push(run.fetched(part), await run.derived(part, 2, [`broken-${part}.md`]));
    events.push(run.chunked(part), run.durable(part), await run.published(part, [part]));
  }
  const last = total - 1;
  if (withFailure) events.push(run.fetched(last), await run.derived(last, 2), run.failed(last, 'chunk'));
  return events;
};

const jobOf = async ({ deps }: World) => assertProduced(jobV1, await readJob(deps, RUN_ID));
const completions = ({ bus }: World) => bus.dataOf(runCompletedV1);

describe('tracking a run', () => {
  it('shows where every stage stands while the run goes on', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(
      run.started(),
      run.fetched(0),
      run.fetched(1),
      await run.derived(0, 2),
      run.chunked(0),
    );
    expect(await jobOf(world)).toMatchObject({
      ...{ state: 'running', complete: false, createdAt: STARTED_AT, source: 'files' },
      steps: {
        fetched: { done: 2 },
        derived: { done: 1 },
        chunked: { done: 1 },
        applied: { done: 0, failed: 0 },
      },
      totals: { documents: 2, unchanged: 1, rejected: 0, chunks: 10 },
    });
  });

  it('ends when every part is in the snapshot, and says so once', async () => {
    const world = makeWorld();
    await world.deliver(...(await eventsOfRun(world, 4, false)));
    expect(await jobOf(world)).toMatchObject({ state: 'done', complete: true, parts: 4 });
    expect(completions(world)).toMatchObject([
      {
        ...{ runId: RUN_ID, attempt: 1, source: 'files', outcome: 'done', startedAt: STARTED_AT },
        totals: { parts: 4, failedParts: 0, documents: 6, unchanged: 4, rejected: 3, chunks: 30 },
      },
    ]);
    const event = world.bus.events.find(({ detailType }) => detailType === runCompletedV1.name);
    expect(event?.detail.metadata.correlationId).toBe(RUN_ID);
  });

  it('ends a run without parts as soon as it is sealed', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(0));
    expect(await jobOf(world)).toMatchObject({ state: 'done', parts: 0 });
  });

  it('stays open however many parts an event claims', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(Number.MAX_SAFE_INTEGER));
    for (let part = 0; part < 256; part += 1)
      expect(await world.deliver(run.fetched(part), await run.derived(part, 0))).toBe(0);
    // The first bucket is full at every stage.
    expect(await world.deliver(run.sealed(Number.MAX_SAFE_INTEGER))).toBe(0);
    expect(completions(world)).toEqual([]);
    expect(await jobOf(world)).toMatchObject({ state: 'running' });
  });

  it('names what was left out and why', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(
      run.started(),
      await run.derived(1, 1, ['b.md']),
      await run.derived(0, 0, ['a.md', 'c.md']),
    );
    const { rejects } = await jobOf(world);
    expect(rejects?.map(({ path, error }) => [path, error.code])).toEqual([
      ['a.md', 'NOT_UTF8'],
      ['c.md', 'NOT_UTF8'],
      ['b.md', 'NOT_UTF8'],
    ]);
  });

  it.each([true, false])(
    'comes to the same record and one run.completed in any order, with duplicates (a part fails: %s)',
    async (withFailure) => {
      const plain = makeWorld();
      await plain.deliver(...(await eventsOfRun(plain, 5, withFailure)));
      const expected = await jobOf(plain);
      expect(expected.state).toBe(withFailure ? 'failed' : 'done');
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 3, max: 5 }),
          fc.infiniteStream(fc.nat()),
          async (total, choices) => {
            const world = makeWorld();
            const events = await eventsOfRun(world, total, withFailure);
            const order = [...events, ...events, ...events]
              .map((event) => ({ event, key: choices.next().value as number }))
              .sort((one, other) => one.key - other.key)
              .map(({ event }) => event);
            expect(await world.deliver(...order)).toBe(0);
            const reference = makeWorld();
            await reference.deliver(...(await eventsOfRun(reference, total, withFailure)));
            expect(await jobOf(world)).toEqual(await jobOf(reference));
            expect(completions(world)).toEqual(completions(reference));
            expect(completions(world)).toHaveLength(1);
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  it('ends once when batches work at the same time', async () => {
    const world = makeWorld();
    const events = await eventsOfRun(world, 5, false);
    await Promise.all([...events, ...events].map((event) => world.deliver(event)));
    // What lost every race comes again, as a queue would bring it.
    await world.deliver(...events);
    expect((await jobOf(world)).state).toBe('done');
    expect(completions(world)).toHaveLength(1);
  });

  it('keeps more parts than one item holds', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(600));
    for (let part = 0; part < 600; part += 1)
      await world.deliver(run.fetched(part), await run.derived(part, 0));
    expect(await jobOf(world)).toMatchObject({ state: 'done', steps: { applied: { done: 600, failed: 0 } } });
    expect(completions(world)).toHaveLength(1);
  });
});

describe('a part that failed', () => {
  it('ends its run as failed, with the stage and the reason', async () => {
    const world = makeWorld();
    await world.deliver(...(await eventsOfRun(world, 3, true)));
    const job = await jobOf(world);
    expect(job).toMatchObject({ state: 'failed', complete: true, failures: [{ part: 2, stage: 'chunk' }] });
    expect(job.steps).toMatchObject({
      derived: { done: 3, failed: 0 },
      chunked: { done: 2, failed: 1 },
      durable: { done: 2, failed: 1 },
      applied: { done: 2, failed: 1 },
    });
    expect(completions(world)).toMatchObject([{ outcome: 'failed', totals: { parts: 3, failedParts: 1 } }]);
  });

  it('is no failure when it got through before the end', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.failed(1, 'chunk'), ...(await eventsOfRun(world, 3, false)));
    expect(await jobOf(world)).toMatchObject({ state: 'done', steps: { chunked: { done: 3, failed: 0 } } });
    expect((await jobOf(world)).failures).toBeUndefined();
  });

  it('ends its run when its delta is rejected', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    const error = { code: 'MODEL_MISMATCH', message: 'another model' };
    const data = { runId: RUN_ID, attempt: 1, part: 0, collection: 'docs', deltaId: 'd'.repeat(26), error };
    const rejected = makeEvent(deltaRejectedV1, data, { correlationId: RUN_ID }, world.runtime.origin);
    const parts = [run.fetched(0), await run.derived(0, 2), run.chunked(0), run.durable(0)];
    await world.deliver(run.started(), run.sealed(1), ...parts, rejected);
    expect(await jobOf(world)).toMatchObject({
      state: 'failed',
      failures: [{ part: 0, stage: 'compact', error }],
      steps: { durable: { done: 1, failed: 0 }, applied: { done: 0, failed: 1 } },
    });
  });

  it('ends a run whose crawl was given up, though it is never sealed', async () => {
    const world = makeWorld();
    await world.deliver(eventsOf(world).failed(0, 'fetch'));
    expect(await jobOf(world)).toMatchObject({ state: 'failed', failures: [{ stage: 'fetch' }] });
    expect(completions(world)).toHaveLength(1);
  });
});

describe('a run that ended', () => {
  it('stays as it ended when events come late', async () => {
    const world = makeWorld();
    await world.deliver(...(await eventsOfRun(world, 3, false)));
    const ended = await jobOf(world);
    const run = eventsOf(world);
    await world.deliver(run.failed(1, 'embed'), run.failed(9, 'fetch'), run.sealed(7), run.started());
    const { state, parts, completed } = { ...(await jobOf(world)), completed: completions(world) };
    expect({ state, parts }).toEqual({ state: ended.state, parts: ended.parts });
    expect(completed).toHaveLength(1);
  });

  it('runs again as a new attempt, and ignores what is left of the old one', async () => {
    const world = makeWorld();
    await world.deliver(...(await eventsOfRun(world, 3, true)));
    const [old, again] = [eventsOf(world, 1), eventsOf(world, 2)];
    await world.deliver(again.started(), old.failed(0, 'embed'), old.sealed(3));
    expect(await jobOf(world)).toMatchObject({ state: 'running', attempt: 2, complete: false });
    const parts = [0, 1, 2].map(async (part) => [again.fetched(part), await again.derived(part, 0)]);
    await world.deliver(again.sealed(3), ...(await Promise.all(parts)).flat());
    expect(await jobOf(world)).toMatchObject({ state: 'done', attempt: 2, createdAt: STARTED_AT });
    expect(completions(world).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ]);
  });
});

describe('compaction', () => {
  it('is asked for once, when all vectors of a sealed run are stored', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    const early = [run.started(), await run.derived(0, 2), run.durable(0), await run.derived(1, 0)];
    await world.deliver(...early);
    expect(world.bus.dataOf(compactionRequestedV1)).toEqual([]);
    await world.deliver(run.sealed(2), run.durable(0), run.sealed(2));
    expect(world.bus.dataOf(compactionRequestedV1)).toEqual([
      { collection: 'docs', requestId: `${RUN_ID}-1` },
    ]);
  });

  it('is not asked for when nothing changed', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(1), run.fetched(0), await run.derived(0, 0));
    expect(world.bus.dataOf(compactionRequestedV1)).toEqual([]);
  });
});

describe('the document of a collection', () => {
  const documentOf = async ({ deps }: World) => {
    const object = await readObject(deps.store, 'collections/docs.json');
    return assertProduced(collectionV1, JSON.parse(Buffer.from(object!.body).toString('utf8')));
  };

  it('is made when the first run starts, without an index', async () => {
    const world = makeWorld();
    await world.deliver(eventsOf(world).started());
    expect((await documentOf(world)).active).toBeUndefined();
  });

  it('takes the first index that is published, and keeps it', async () => {
    const world = makeWorld();
    const run = eventsOf(world);
    const first = await run.published(1, [0]);
    const data = { ...first.detail.data, index: { ...INDEX, path: 'indexes/docs/model=n@0/dims=2/' } };
    await world.deliver(first, { ...first, detail: { ...first.detail, data } }, run.started());
    expect((await documentOf(world)).active).toEqual(INDEX);
  });
});
