import { describe, expect, it } from '@jest/globals';
import {
  derivedDocumentV1,
  documentsDerivedV1,
  documentsFetchedV1,
  ingestionContinuedV1,
  PipelineError,
  runManifestV1,
  runSealedV1,
  runStartedV1,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import type { Connector } from '@alluvium/connectors';
import { pagesConnector } from './support/pages-connector.ts';
import { mortal } from './support/mortal.ts';
import {
  deliver,
  ingest,
  makeWorld,
  nextDay,
  objectCreated,
  putSource,
  settle,
  type World,
} from './support/world.ts';
import { makeHandler as onInbox } from '../src/handlers/on-inbox-object-created.ts';
import { testContext } from '@alluvium/testkit';

const derivedSince = async ({ bus, objects }: World, first: number) => {
  const events = bus.events.slice(first).filter(({ detailType }) => detailType === documentsDerivedV1.name);
  const pointers = events.flatMap(({ detail }) => (detail.data as DocumentsDerivedV1['data']).derived ?? []);
  const parts = await Promise.all(pointers.map((pointer) => objects.readRecords(derivedDocumentV1, pointer)));
  return parts.flat();
};

const settleParts = (world: World, fate: 'applied' | 'failed') =>
  world.checkpoints.settle(world.bus.dataOf(documentsDerivedV1), fate);

const site = (): World => {
  const world = makeWorld();
  for (const id of ['a', 'b', 'c']) world.pages.set(id, `The text of ${id}.`);
  return world;
};

const crawled = async (): Promise<World> => {
  const world = site();
  await ingest(world, putSource(world));
  await settleParts(world, 'applied');
  return world;
};

describe('the document of a source', () => {
  it('starts a crawl when it is put, which becomes documents and a sealed run', async () => {
    const world = site();
    await ingest(world, putSource(world));
    expect(world.bus.dataOf(runStartedV1)).toMatchObject([
      { source: 'site', connector: 'sitemap', fence: 1 },
    ]);
    const [sealed] = world.bus.dataOf(runSealedV1);
    const manifest = await world.objects.readDocument(runManifestV1, sealed!.manifest);
    expect(manifest.parts).toMatchObject([{ part: 0, records: 3 }]);
    expect(await derivedSince(world, 0)).toMatchObject([
      { documentId: 'site/page#a', text: 'The text of a.' },
      { documentId: 'site/page#b' },
      { documentId: 'site/page#c' },
    ]);
  });

  it('starts one crawl a day, however often the schedule strikes', async () => {
    const world = await crawled();
    const before = world.bus.dataOf(runStartedV1).length;
    await nextDay(world);
    world.runtime.advance(-24 * 3600 * 1000);
    await nextDay(world);
    expect(world.bus.dataOf(runStartedV1)).toHaveLength(before + 1);
  });

  it('starts nothing while it is paused', async () => {
    const world = site();
    await ingest(world, putSource(world, { paused: true }));
    await nextDay(world);
    expect(world.bus.events).toEqual([]);
  });

  it.each([
    ['names another place', { name: 'site' }, 'sources/docs/other.json'],
    ['names a connector that nobody has', { connector: 'carrier-pigeon' }, undefined],
  ])('is refused when it %s, and keeps no other source waiting', async (_, fields, at) => {
    const world = site();
    const key = putSource(world, fields);
    if (at !== undefined) world.objects.stored.set(at, world.objects.stored.get(key)!);
    putSource(world, { name: 'zebra' });
    await nextDay(world);
    expect(world.runtime.deadLetterList).toHaveLength(1);
    expect(world.bus.dataOf(runStartedV1).map(({ source }) => source)).toContain('zebra');
  });
});

describe('a folder of the inbox', () => {
  it('is read every day: what changed is passed on, what is gone is deleted', async () => {
    const world = makeWorld();
    const put = (path: string, text: string) =>
      world.objects.stored.set(`inbox/docs/handbook/${path}`, Buffer.from(text));
    put('a.md', '# A\n\nThe first.');
    put('more/b.jsonl', '{"id":"b1","text":"One."}\n{"id":"b2","text":"Two."}\n');
    put('_upload.json', '{}');
    const settings = { folder: 'handbook' };
    await ingest(world, putSource(world, { name: 'handbook', connector: 'files', settings }));
    await settleParts(world, 'applied');
    const ids = async (first: number) =>
      (await derivedSince(world, first)).map(({ documentId, deleted }) => [documentId, deleted]);
    expect(await ids(0)).toEqual([
      ['handbook/document#a.md', false],
      ['handbook/document#b1', false],
      ['handbook/document#b2', false],
    ]);
    world.objects.stored.delete('inbox/docs/handbook/a.md');
    put('more/b.jsonl', '{"id":"b1","text":"One."}\n{"id":"b3","text":"Three."}\n');
    const first = world.bus.events.length;
    await nextDay(world);
    expect(await ids(first)).toEqual([
      ['handbook/document#b3', false],
      ['handbook/document#a.md', true],
      ['handbook/document#b2', true],
    ]);
  });
});

describe('the next crawl', () => {
  it('passes nothing on when nothing changed', async () => {
    const world = await crawled();
    const events = await nextDay(world);
    expect(events.map(({ detailType }) => detailType)).toEqual([
      runStartedV1.name,
      ingestionContinuedV1.name,
      runSealedV1.name,
    ]);
    expect(world.bus.dataOf(runSealedV1).at(-1)).toMatchObject({ total: 0 });
  });

  it('passes on what is new and changed, and deletes what is gone, once', async () => {
    const world = await crawled();
    world.pages.delete('a');
    world.pages.set('b', 'Another text.').set('d', 'A new page.');
    const first = world.bus.events.length;
    await nextDay(world);
    expect(await derivedSince(world, first)).toMatchObject([
      { documentId: 'site/page#b', deleted: false, revision: { fence: 2 } },
      { documentId: 'site/page#d', deleted: false },
      { documentId: 'site/page#a', deleted: true, text: '' },
    ]);
    await settleParts(world, 'applied');
    const second = world.bus.events.length;
    await nextDay(world);
    expect(await derivedSince(world, second)).toEqual([]);
  });

  it('passes on again what a failed part carried, though the source says that it did not change', async () => {
    const world = site();
    await ingest(world, putSource(world));
    await settleParts(world, 'failed');
    const first = world.bus.events.length;
    await nextDay(world);
    expect(await derivedSince(world, first)).toHaveLength(3);
    await settleParts(world, 'applied');
    await nextDay(world);
    expect(world.bus.dataOf(runSealedV1).at(-1)).toMatchObject({ total: 0 });
  });

  it('does not build upon a good crawl that was built upon a bad one', async () => {
    const world = await crawled();
    world.pages.set('b', 'Changed on the second day.');
    await nextDay(world);
    world.pages.set('c', 'Changed on the third day.');
    // Soon enough for the parts of the second day to count as on their way.
    world.runtime.advance(-3_600_000);
    await nextDay(world);
    const [, second, third] = world.bus.dataOf(documentsDerivedV1);
    await world.checkpoints.settle([second!], 'failed');
    await world.checkpoints.settle([third!], 'applied');
    const first = world.bus.events.length;
    await nextDay(world);
    expect((await derivedSince(world, first)).map(({ documentId }) => documentId)).toEqual(['site/page#b']);
  });

  it('deletes what only a crawl brought that failed in part, once it is gone', async () => {
    const world = await crawled();
    world.pages.set('d', 'A page of the second day.');
    await nextDay(world);
    // Of several parts one is lost, and others are in the index: the crawl cannot be built upon.
    await world.checkpoints.settle([world.bus.dataOf(documentsDerivedV1).at(-1)!], 'failed');
    world.pages.delete('d');
    const first = world.bus.events.length;
    await nextDay(world);
    expect(await derivedSince(world, first)).toMatchObject([{ documentId: 'site/page#d', deleted: true }]);
  });

  it('does not believe a source that suddenly lists nothing', async () => {
    const world = await crawled();
    world.pages.clear();
    await nextDay(world);
    expect(world.bus.dataOf(runSealedV1).at(-1)).toMatchObject({ total: 0 });
  });
});

describe('a crawl that is interrupted', () => {
  it('goes on in slices, and asks for nothing twice', async () => {
    const world = site();
    await ingest(world, putSource(world), { remainingMs: 1000 });
    expect(world.bus.dataOf(ingestionContinuedV1).length).toBeGreaterThan(3);
    const keys = world.bus.events.map(({ detail }) => detail.metadata.idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(world.steps).toEqual(['a', 'b', 'c']);
    expect(await derivedSince(world, 0)).toHaveLength(3);
  });

  it.each(Array.from({ length: 11 }, (_, index) => [index + 1]))(
    'by its death at write %d ends as if it had not been, and repeats one step at most',
    async (deadAt) => {
      const whole = await crawled();
      for (const moment of ['before', 'after']) {
        const world = site();
        await onInbox(world.deps)(objectCreated(putSource(world)), testContext());
        const continued = world.bus.events.at(-1)!;
        await deliver(mortal(world, deadAt, moment), continued);
        await settle(world, world.bus.events.indexOf(continued));
        expect(world.steps.length).toBeLessThanOrEqual(4);
        const fetched = ({ bus }: World) => [
          ...new Set(bus.dataOf(documentsFetchedV1).map(({ raw }) => raw.sha256)),
        ];
        expect(fetched(world)).toEqual(fetched(whole));
        const sealed = ({ bus }: World) => bus.dataOf(runSealedV1).at(-1)?.manifest.sha256;
        expect(sealed(world)).toBe(sealed(whole));
      }
    },
  );

  it('by the source itself keeps what it has, and the next one goes on', async () => {
    const world = site();
    let isTired = true;
    const tired = (): Connector => {
      const connector = pagesConnector(world.pages, (id) => world.steps.push(id));
      return {
        ...connector,
        step: async (point) => {
          if (isTired && point.cursor === 2) {
            const details = { retryAfterMs: 7_200_000 };
            throw new PipelineError('enough', { code: 'RATE_LIMITED', kind: 'unavailable', details });
          }
          return connector.step(point);
        },
      };
    };
    const limited = { ...world, deps: { ...world.deps, connect: tired } };
    await ingest(limited, putSource(world));
    expect(world.bus.dataOf(runSealedV1)).toMatchObject([{ total: 1 }]);
    await settleParts(world, 'applied');
    isTired = false;
    await nextDay(limited);
    expect(world.steps).toEqual(['a', 'b', 'c']);
    expect((await derivedSince(world, 0)).map(({ documentId }) => documentId)).toEqual([
      'site/page#a',
      'site/page#b',
      'site/page#c',
    ]);
    await settleParts(world, 'applied');
    await nextDay(limited);
    expect(world.bus.dataOf(runSealedV1).at(-1)).toMatchObject({ total: 0 });
  });
});
