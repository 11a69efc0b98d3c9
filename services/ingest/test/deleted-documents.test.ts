import {
  derivedDocumentV1,
  documentsDeleteRequestedV1,
  documentsDerivedV1,
  documentsFetchedV1,
  makeEvent,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeHandler } from '../src/handlers/on-documents-delete-requested.ts';
import { deliver, ingest, makeWorld, nextDay, putSource, upload, type World } from './support/world.ts';

const DAY_MS = 24 * 3600 * 1000;
const GUIDE = 'files/document#guide.md';
const OTHER = 'files/document#other.md';
const FILES = { 'guide.md': 'Deltas settle.', 'other.md': 'Snapshots stay.' };

let world: World;
let uploads: number;

const idsOf = async (events: readonly DocumentsDerivedV1['data'][]): Promise<string[]> => {
  const pointers = events.flatMap(({ derived }) => derived ?? []);
  const parts = await Promise.all(
    pointers.map((pointer) => world.objects.readRecords(derivedDocumentV1, pointer)),
  );
  return parts.flat().map(({ documentId }) => documentId);
};

/** What is passed on while something happens; all of it reaches the index. */
const passedOn = async (act: () => Promise<unknown>): Promise<string[]> => {
  const first = world.bus.dataOf(documentsDerivedV1).length;
  await act();
  const events = world.bus.dataOf(documentsDerivedV1).slice(first);
  const parts = events.map(({ runId, attempt, part }) => ({ runId, attempt, part }));
  await world.checkpoints.settle(parts, 'applied');
  return idsOf(events);
};

const send = (files: Record<string, string> = FILES): Promise<string[]> => {
  uploads += 1;
  world.runtime.advance(60_000);
  return passedOn(() => ingest(world, upload(world, files, { uploadId: `upload-${uploads}` })));
};

const deletion = (documentIds: string[], collection = 'docs') => {
  const asked = { requestId: 'request', slice: 0, requestedAt: '2026-03-01T12:05:00.000Z' };
  const data = { collection, documentIds, ...asked };
  return makeEvent(documentsDeleteRequestedV1, data, { correlationId: 'c' }, world.runtime.origin);
};

const hear = (event: ReturnType<typeof deletion>) => makeHandler(world.deps)(delivered(event), testContext());

beforeEach(() => {
  world = makeWorld();
  uploads = 0;
});

describe('a document that was deleted', () => {
  it('is passed on again when it is sent again, and no other is', async () => {
    expect(await send()).toEqual([GUIDE, OTHER]);
    expect(await send()).toEqual([]);
    await hear(deletion([GUIDE]));
    expect(await send()).toEqual([GUIDE]);
  });

  it('is left out as unchanged once it came again and the deletion is settled everywhere', async () => {
    await send();
    await hear(deletion([GUIDE]));
    world.runtime.advance(DAY_MS);
    expect(await send()).toEqual([GUIDE]);
    expect(await send()).toEqual([]);
  });

  it('is passed on again though it came again before the index heard of the deletion', async () => {
    await send();
    await hear(deletion([GUIDE]));
    expect(await send()).toEqual([GUIDE]);
    expect(await send()).toEqual([GUIDE]);
  });

  it('is passed on again when its part was derived after the deletion was heard of', async () => {
    await hear(deletion([GUIDE]));
    expect(await send()).toEqual([GUIDE, OTHER]);
    expect(await send()).toEqual([GUIDE]);
  });

  it('is passed on again when its old part is delivered once more', async () => {
    await send();
    const fetched = world.bus.events.find(({ detailType }) => detailType === documentsFetchedV1.name)!;
    await hear(deletion([GUIDE]));
    world.runtime.advance(2 * DAY_MS);
    await passedOn(() => deliver(world, fetched));
    expect(await send()).toEqual([GUIDE]);
  });

  it('is passed on at most once too often when the deletion comes twice or late', async () => {
    await send();
    const event = deletion([GUIDE]);
    await hear(event);
    await hear(event);
    world.runtime.advance(DAY_MS);
    expect(await send()).toEqual([GUIDE]);
    await hear(event);
    world.runtime.advance(DAY_MS);
    expect(await send()).toEqual([GUIDE]);
    expect(await send()).toEqual([]);
  });

  it('hides no later revision from a run that began earlier', async () => {
    await send();
    await send({ 'guide.md': 'Deltas settle slowly.' });
    const fetched = world.bus.events.find(({ detailType }) => detailType === documentsFetchedV1.name)!;
    await hear(deletion([GUIDE]));
    world.runtime.advance(2 * DAY_MS);
    await passedOn(() => deliver(world, fetched));
    expect(await send({ 'guide.md': FILES['guide.md'] })).toEqual([GUIDE]);
  });

  it('stays known in another collection', async () => {
    await send();
    await hear(deletion([GUIDE], 'notes'));
    expect(await send()).toEqual([]);
  });
});

describe('a crawl after a deletion', () => {
  const crawl = (): Promise<string[]> => passedOn(() => nextDay(world));

  beforeEach(async () => {
    for (const id of ['a', 'b']) world.pages.set(id, `The text of ${id}.`);
    await passedOn(() => ingest(world, putSource(world)));
    expect(await crawl()).toEqual([]);
  });

  it('passes on what the source still has, until the deletion is settled everywhere', async () => {
    await hear(deletion(['site/page#a']));
    expect(await crawl()).toEqual(['site/page#a']);
    await crawl();
    await crawl();
    expect(await crawl()).toEqual([]);
  });

  it('deletes what the source has lost as well', async () => {
    await hear(deletion(['site/page#a']));
    world.pages.delete('a');
    expect(await crawl()).toEqual(['site/page#a']);
    expect(await crawl()).toEqual([]);
  });

  it('is not concerned with documents of other sources, nor with ids of none', async () => {
    await hear(deletion([GUIDE, 'no-source', 'other/page#a']));
    expect(await crawl()).toEqual([]);
  });
});
