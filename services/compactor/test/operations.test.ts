import { gcReportV1, operationCompletedV1, operationRequestedV1 } from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { indexLeaseKey, listTags, readVersions } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler as onGarbageRequested } from '../src/handlers/on-garbage-requested.ts';
import { makeHandler as onGarbageSchedule } from '../src/handlers/on-garbage-schedule.ts';
import { deltaOf, INDEX_PATH, MODEL } from './support/deltas.ts';
import { operate } from './support/operate.ts';
import { answerAll, arrive, makeWorld, type World } from './support/world.ts';

const DAY_MS = 24 * 3600 * 1000;

let world: World;

const publishPart = async (part: number): Promise<void> => {
  await arrive(world, deltaOf(part));
  await answerAll(world);
};

beforeEach(async () => {
  world = makeWorld();
  for (const part of [0, 1]) await publishPart(part);
});

const describeCollection = (rest: object): Promise<unknown> => {
  const createdAt = '2026-03-01T12:00:00.000Z';
  const document = { collection: 'docs', createdAt, updatedAt: createdAt, ...rest };
  return world.store.put('collections/docs.json', Buffer.from(JSON.stringify(document)));
};

describe('the index of an operation', () => {
  const tag = () => operate(world, { operation: 'tag-snapshot', args: { tag: 'now' }, isNamed: false });

  it('is the one that answers for the collection', async () => {
    await describeCollection({ active: { path: INDEX_PATH, modelId: MODEL.id, dims: MODEL.dims } });
    expect(await tag()).toMatchObject({ outcome: 'done' });
  });

  it('must have been published', async () => {
    await describeCollection({});
    expect(await tag()).toMatchObject({ error: { code: 'INDEX_MISSING' } });
  });

  it('is unknown without its collection', async () => {
    expect(await tag()).toMatchObject({ error: { code: 'COLLECTION_NOT_FOUND' } });
  });
});

describe('tag-snapshot', () => {
  const tags = async () =>
    (await listTags(world.store, INDEX_PATH)).map(({ name, version }) => [name, version]);

  it('names the current version, or the one that is given', async () => {
    const answer = await operate(world, {
      operation: 'tag-snapshot',
      args: { tag: 'now', note: 'for March' },
    });
    expect(answer).toMatchObject({
      summary: 'Version 2 is called now; it stays until the tag goes.',
      report: { contentSchema: 'tag.v1', key: `${INDEX_PATH}tags/now.json` },
    });
    await operate(world, { operation: 'tag-snapshot', args: { tag: 'first', version: 1 } });
    await operate(world, { operation: 'tag-snapshot', args: { tag: 'again', asOf: 'first' } });
    expect(await tags()).toEqual([
      ['again', 1],
      ['first', 1],
      ['now', 2],
    ]);
  });

  it('that was done already is done, and refused for another version', async () => {
    for (const _ of [1, 2])
      expect(
        await operate(world, { operation: 'tag-snapshot', args: { tag: 'first', version: 1 } }),
      ).toMatchObject({ outcome: 'done' });
    const other = await operate(world, { operation: 'tag-snapshot', args: { tag: 'first', version: 2 } });
    expect(other).toMatchObject({ outcome: 'failed', error: { code: 'TAG_EXISTS' } });
  });

  it('is undone by untag-snapshot', async () => {
    await operate(world, { operation: 'tag-snapshot', args: { tag: 'now' } });
    const answer = await operate(world, { operation: 'untag-snapshot', args: { tag: 'now' } });
    expect(answer.summary).toBe('Version 2 is no longer called now.');
    expect(await tags()).toEqual([]);
    expect(await operate(world, { operation: 'untag-snapshot', args: { tag: 'now' } })).toMatchObject({
      error: { code: 'TAG_UNKNOWN' },
    });
  });
});

describe('break-lock', () => {
  const key = indexLeaseKey(INDEX_PATH);
  const breakLock = (args = {}) => operate(world, { operation: 'break-lock', args });

  it('takes the lock from whoever holds it', async () => {
    await world.leases.acquire(key, { runId: 'somebody' });
    expect((await breakLock({ dryRun: true })).summary).toBe(
      'The lock would be taken from somebody with fence 3.',
    );
    const answer = await breakLock();
    expect(answer.summary).toBe(
      'The lock was taken from somebody with fence 3; it is free, and its fence is 4.',
    );
    expect(await world.leases.read(key)).toMatchObject({ state: 'FREE', fence: 4 });
  });

  it('leaves a free lock alone, and one that is not as it was seen', async () => {
    expect((await breakLock()).summary).toBe('The lock is free; there is nothing to break.');
    await world.leases.acquire(key);
    expect(await breakLock({ rvn: 'of yesterday' })).toMatchObject({ error: { code: 'LEASE_CHANGED' } });
  });
});

describe('collect-garbage', () => {
  const collect = (args = {}) => operate(world, { operation: 'collect-garbage', args });
  const KEEP_NOTHING = { keepVersions: 0, keepDays: 0, keepDaily: 0 };

  const reportOf = async (answer: Awaited<ReturnType<typeof collect>>) => {
    const object = await world.store.get(answer.report!.key);
    if (object === undefined || object === 'not-modified') throw new Error('There is no report');
    return JSON.parse(Buffer.from(object.body).toString('utf8')) as Record<string, unknown>;
  };

  it('marks in one cycle and deletes in another, a day later; every deletion is in the log', async () => {
    const lines: unknown[] = [];
    world.runtime.logger.info = (...line) => void lines.push(line);
    world.runtime.advance(2 * DAY_MS);
    expect(await collect(KEEP_NOTHING)).toMatchObject({
      outcome: 'done',
      summary: expect.stringMatching(/^0 objects .* deleted, .*; 2 marked for later\.$/),
    });
    world.runtime.advance(2 * DAY_MS);
    const answer = await collect(KEEP_NOTHING);
    const { deletedKeys } = (await reportOf(answer)) as { deletedKeys: string[] };
    expect(deletedKeys.map((key) => key.slice(INDEX_PATH.length).replace(/\/.*/, ''))).toEqual([
      'manifests',
      'applied',
    ]);
    expect(lines).toContainEqual([
      'Objects were deleted',
      expect.objectContaining({
        ...{ operationId: answer.operationId, requestedBy: 'admin', indexPath: INDEX_PATH },
        deleted: expect.arrayContaining(deletedKeys),
      }),
    ]);
    expect((await readVersions(world.store, INDEX_PATH)).map(({ state }) => state)).toEqual([
      'current',
      'expired',
    ]);
  });

  it('keeps what the document of the collection says', async () => {
    await describeCollection({ retention: KEEP_NOTHING });
    world.runtime.advance(2 * DAY_MS);
    expect(await reportOf(await collect())).toMatchObject({ keptVersions: [2], expiredVersions: [1] });
    expect(await reportOf(await collect({ keepVersions: 1 }))).toMatchObject({ keptVersions: [2, 1] });
  });

  it('changes nothing in a dry run, and reports what it would do', async () => {
    world.runtime.advance(2 * DAY_MS);
    const answer = await collect({ ...KEEP_NOTHING, dryRun: true });
    expect(gcReportV1.closed(await reportOf(answer))).toBe(true);
    expect(await reportOf(answer)).toMatchObject({ dryRun: true, marked: { objects: 2 } });
    expect(answer.summary).toContain('would be marked for later');
  });

  it('has nothing to do where nothing was published', async () => {
    const args = { indexPath: 'indexes/none/model=tiny@0123456789ab/dims=4/' };
    for (const dryRun of [true, false])
      expect((await collect({ ...args, dryRun })).summary).toBe(
        'Nothing is published, and nothing is to be collected.',
      );
  });
});

describe('the daily schedule', () => {
  const asked = () => world.bus.dataOf(operationRequestedV1);
  const tick = (garbageMode: 'on' | 'dry-run' | 'off') =>
    onGarbageSchedule({ ...world.deps, garbageMode })({}, testContext());

  it('asks for a cycle of every index, as an operator would', async () => {
    await tick('on');
    expect(asked()).toMatchObject([
      {
        ...{ target: 'compactor', operation: 'collect-garbage', requestedBy: 'schedule' },
        args: { collection: 'docs', indexPath: INDEX_PATH },
      },
    ]);
    const [event] = world.bus.events.slice(-1);
    await onGarbageRequested(world.deps)(delivered(event!), testContext());
    expect(world.bus.dataOf(operationCompletedV1)).toMatchObject([
      { outcome: 'done', report: { contentSchema: 'gc-report.v1' } },
    ]);
  });

  it.each([
    ['dry-run', [true]],
    ['off', []],
  ] as const)('in mode %s asks for dry runs %p', async (mode, dryRuns) => {
    await tick(mode);
    expect(asked().map(({ args }) => args.dryRun)).toEqual(dryRuns);
  });
});
