import { describe, expect, it } from '@jest/globals';
import {
  documentsDerivedV1,
  ingestionContinuedV1,
  runSealedV1,
  runStartedV1,
  sourcesV1,
  sourceStatusV1,
} from '@alluvium/contracts';
import { testContext } from '@alluvium/testkit';
import { ask, call } from './support/requests.ts';
import {
  deliver,
  ingest,
  makeWorld,
  nextDay,
  objectCreated,
  putSource,
  settle,
  upload,
  type World,
} from './support/world.ts';
import { makeHandler as onInbox } from '../src/handlers/on-inbox-object-created.ts';

const SITE = { connector: 'sitemap', settings: { url: 'https://example.org/sitemap.xml' } };

const site = (): World => {
  const world = makeWorld();
  for (const id of ['a', 'b', 'c']) world.pages.set(id, `The text of ${id}.`);
  return world;
};

describe('sources over HTTP', () => {
  it('are put, shown with the time of their next crawl, listed, and taken away', async () => {
    const world = site();
    const put = await call(world, 'PUT', '/sources/docs/site', { ...SITE, schedule: '0 18 * * *' });
    expect([put.status, put.body]).toEqual([
      200,
      {
        ...{ collection: 'docs', name: 'site', ...SITE, schedule: '0 18 * * *' },
        ...{ paused: false, changedAt: '2026-03-01T11:00:00.000Z', nextRunAt: '2026-03-01T18:00:00.000Z' },
      },
    ]);
    expect(sourceStatusV1.closed(put.body)).toBe(true);
    const listed = await call(world, 'GET', '/sources?collection=docs');
    expect(listed.body).toEqual({ sources: [put.body] });
    expect(sourcesV1.closed(listed.body)).toBe(true);
    expect((await call(world, 'GET', '/sources?collection=other')).body).toEqual({
      sources: [],
    });
    expect(await call(world, 'DELETE', '/sources/docs/site')).toMatchObject({ status: 204 });
    expect(await call(world, 'GET', '/sources/docs/site')).toMatchObject({
      status: 404,
      body: { code: 'SOURCE_NOT_FOUND' },
    });
  });

  it.each([
    [{ ...SITE, connector: 'files' }, 'SOURCE_INVALID', '"folder" is missing'],
    [{ ...SITE, connector: 'pigeon' }, 'CONNECTOR_UNKNOWN', 'pigeon'],
    [{ ...SITE, schedule: 'daily' }, 'SOURCE_INVALID', 'five fields of cron'],
    [{ ...SITE, color: 'red' }, 'REQUEST_INVALID', 'color'],
  ])('are refused before they are stored, naming what is wrong: %j', async (body, code, named) => {
    const world = site();
    const answer = await call(world, 'PUT', '/sources/docs/site', body);
    expect(answer).toMatchObject({ status: 400, body: { code, detail: expect.stringContaining(named) } });
    expect(world.objects.stored.size).toBe(0);
  });

  it('tell of a document that was put by hand what is wrong with it', async () => {
    const world = site();
    putSource(world, { connector: 'files' });
    expect((await call(world, 'GET', '/sources/docs/site')).body).toMatchObject({
      error: { code: 'SOURCE_INVALID', message: expect.stringContaining('folder') },
    });
  });

  it('are read at once when somebody asks, and tell which run that was', async () => {
    const world = site();
    putSource(world);
    const { status, body } = await call(world, 'POST', '/sources/docs/site/runs');
    const [started] = world.bus.dataOf(runStartedV1);
    expect([status, body]).toEqual([
      202,
      { jobId: started?.runId, statusUrl: `/status/${started?.runId ?? ''}` },
    ]);
    expect((await call(world, 'GET', '/sources/docs/site')).body).toMatchObject({
      lastRun: { runId: started?.runId, startedAt: '2026-03-01T12:00:00.000Z' },
    });
  });
});

describe('a key', () => {
  it.each([
    ['GET', '/sources/docs/site', 'read', undefined],
    ['POST', '/sources/docs/site/runs', 'read', 'SCOPE_MISSING'],
    ['POST', '/sources/docs/site/runs', 'write', undefined],
    ['DELETE', '/sources/docs/site', 'write', 'SCOPE_MISSING'],
    ['GET', '/sources/other/site', 'read', 'COLLECTION_FORBIDDEN'],
    ['GET', '/sources?collection=other', 'read', 'COLLECTION_FORBIDDEN'],
  ])('for one collection may %s %s with the scope %s: %s', async (method, path, scopes, code) => {
    const world = site();
    putSource(world);
    const key = { keyId: 'k', scopes, collections: 'docs' };
    const { body } = await call({ deps: world.deps, key }, method, path);
    expect((body as { code?: string }).code).toBe(code);
  });

  it('for one collection lists the sources of that one', async () => {
    const world = site();
    putSource(world);
    putSource(world, { collection: 'other' });
    const key = { keyId: 'k', scopes: 'read', collections: 'other' };
    const { body } = await call({ deps: world.deps, key }, 'GET', '/sources');
    expect(body).toMatchObject({ sources: [{ collection: 'other' }] });
  });
});

describe('a source that an operator paused', () => {
  const pause = (world: World, args: object = { collection: 'docs', source: 'site' }) =>
    ask(world, 'pause', args, 'It is being rebuilt.');

  it('is not read by its schedule, by its document or by hand, and says who paused it', async () => {
    const world = site();
    const key = putSource(world);
    expect(await pause(world)).toMatchObject({
      outcome: 'done',
      summary: expect.stringContaining('docs/site'),
    });
    await ingest(world, key);
    await nextDay(world);
    const { status, body } = await call(world, 'POST', '/sources/docs/site/runs');
    expect([status, body]).toMatchObject([
      409,
      { code: 'SOURCE_PAUSED', detail: expect.stringMatching(/admin paused it at .*rebuilt.*resume it/) },
    ]);
    expect(world.bus.dataOf(runStartedV1)).toEqual([]);
    const { body: shown } = await call(world, 'GET', '/sources/docs/site');
    expect(shown).toMatchObject({ paused: true, pause: { by: 'admin', reason: 'It is being rebuilt.' } });
    expect(shown).not.toHaveProperty('nextRunAt');
  });

  it('is read again once it is resumed, one time for all that it missed', async () => {
    const world = site();
    putSource(world);
    await pause(world);
    await nextDay(world);
    await nextDay(world);
    expect(await ask(world, 'resume', { source: 'site' })).toMatchObject({ outcome: 'done' });
    await settle(world, 0);
    world.runtime.advance(-24 * 3600 * 1000);
    await nextDay(world);
    expect(world.bus.dataOf(runStartedV1)).toHaveLength(1);
  });

  it('ends the crawl that is under way with what it has, and the next one goes on', async () => {
    const world = site();
    await onInbox(world.deps)(objectCreated(putSource(world)), testContext());
    // One step a slice.
    const first = world.bus.events.at(-1)!;
    await deliver(world, first, 1, 1000);
    await pause(world);
    await settle(world, world.bus.events.indexOf(first) + 1);
    expect(world.steps).toEqual(['a']);
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: 1 }]);
    await world.checkpoints.settle(world.bus.dataOf(documentsDerivedV1), 'applied');
    await ask(world, 'resume', { source: 'site' });
    await nextDay(world);
    expect(world.steps).toEqual(['a', 'b', 'c']);
  });

  it('takes no upload either', async () => {
    const world = makeWorld();
    await ask(world, 'pause', { collection: 'docs', source: 'files' });
    await ingest(world, upload(world, { 'a.txt': 'One.' }));
    expect(world.bus.dataOf(ingestionContinuedV1)).toEqual([]);
    expect(world.runtime.deadLetterList).toMatchObject([{ error: { code: 'SOURCE_PAUSED' } }]);
  });

  it.each([
    [{}, 'OPERATION_ARGUMENT_MISSING'],
    [{ source: 'nobody' }, 'SOURCE_NOT_FOUND'],
    [{ source: 'site' }, 'SOURCE_AMBIGUOUS'],
  ])('is named by %j: the answer is %s', async (args, code) => {
    const world = site();
    putSource(world);
    putSource(world, { collection: 'other' });
    expect(await pause(world, args)).toMatchObject({ outcome: 'failed', error: { code } });
  });
});

describe('the schedule of a source', () => {
  const tick = async (world: World, hours: number): Promise<number> => {
    world.runtime.advance((hours - 24) * 3600 * 1000);
    await nextDay(world);
    return world.bus.dataOf(runStartedV1).length;
  };

  it('starts it at its own times, each once, and not before', async () => {
    const world = site();
    putSource(world, { schedule: '0 */6 * * *' });
    putSource(world, { name: 'rare', schedule: 'manual' });
    // At noon, an hour after the document was put; at 15:00; at 18:00, and a quarter of an hour later.
    const counts: number[] = [];
    for (const hours of [0, 3, 3, 0.25, 11.75]) counts.push(await tick(world, hours));
    expect(counts).toEqual([1, 1, 2, 2, 3]);
    expect(new Set(world.bus.dataOf(runStartedV1).map(({ source }) => source))).toEqual(new Set(['site']));
  });

  it('tells once a day of a document that cannot be read', async () => {
    const world = site();
    world.objects.stored.set('sources/docs/site.json', Buffer.from('{'));
    for (const hours of [0, 1, 24, 1]) await tick(world, hours);
    expect(world.runtime.deadLetterList).toHaveLength(1);
  });
});
