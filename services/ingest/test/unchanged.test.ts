import { describe, expect, it } from '@jest/globals';
import {
  appliedPartsV1,
  deltaRejectedV1,
  documentsDerivedV1,
  makeEvent,
  partFailedV1,
  snapshotPublishedV1,
  type DocumentsDerivedV1,
} from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { makeHandler as onSettled } from '../src/handlers/on-part-settled.ts';
import { ingest, makeWorld, upload, type World } from './support/world.ts';

type Part = DocumentsDerivedV1['data'];

const hear = (world: World, event: ReturnType<typeof makeEvent>) =>
  onSettled(world.deps)(delivered(event), testContext());

const applied = async (world: World, { runId, attempt, part }: Part): Promise<void> => {
  const parts = [{ runId, attempt, part, deltaId: 'd'.repeat(26) }];
  const key = 'indexes/docs/published/1.json';
  const pointer = await world.objects.writeDocument(appliedPartsV1, key, { collection: 'docs', parts });
  const data = {
    collection: 'docs',
    index: { path: 'indexes/docs/model=m@1/dims=384/', modelId: 'm@1', dims: 384 },
    version: 1,
    publishId: '01JD3Z5Q6V8X9Y0ZABCDEFGHJK',
    fence: 1,
    kind: 'commit',
    publishedAt: '2026-03-01T12:00:00.000Z',
    counts: { documents: 1, chunks: 1 },
    applied: pointer,
  };
  await hear(world, makeEvent(snapshotPublishedV1, data, { correlationId: runId }, world.runtime.origin));
};

const error = { code: 'SOME_REASON', message: 'some reason' };

const failed = async (world: World, { runId, attempt, part, collection }: Part): Promise<void> => {
  const data = { runId, attempt, part, collection, stage: 'embed', error };
  await hear(world, makeEvent(partFailedV1, data, { correlationId: runId }, world.runtime.origin));
};

const rejected = async (world: World, { runId, attempt, part, collection }: Part): Promise<void> => {
  const data = { runId, attempt, part, collection, deltaId: 'd'.repeat(26), error };
  await hear(world, makeEvent(deltaRejectedV1, data, { correlationId: runId }, world.runtime.origin));
};

const twice = async (between: (world: World, part: Part) => Promise<void>) => {
  const world = makeWorld();
  await ingest(world, upload(world, { 'a.txt': 'One.', 'b.txt': 'Two.' }));
  await between(world, world.bus.dataOf(documentsDerivedV1)[0]!);
  await ingest(world, upload(world, { 'a.txt': 'One.', 'b.txt': 'Changed.' }, { uploadId: 'second' }));
  return world.bus.dataOf(documentsDerivedV1)[1];
};

describe('a document that did not change', () => {
  it('is left out while its part is on its way', async () => {
    expect(await twice(async () => undefined)).toMatchObject({ records: 1, unchanged: 1 });
  });

  it('is left out once its part is in the snapshot', async () => {
    expect(await twice(applied)).toMatchObject({ records: 1, unchanged: 1 });
  });

  it('is left out when its part failed first and was applied after all', async () => {
    const settle = async (world: World, part: Part) => {
      await failed(world, part);
      await applied(world, part);
    };
    expect(await twice(settle)).toMatchObject({ records: 1, unchanged: 1 });
  });

  it.each([
    ['its part failed', failed],
    ['its delta was rejected', rejected],
  ])('is passed on again when %s', async (_what, settle) => {
    expect(await twice(settle)).toMatchObject({ records: 2, unchanged: 0 });
  });

  it('is passed on again when its part was never heard of for a day', async () => {
    const silence = async (world: World) => world.runtime.advance(24 * 3600 * 1000);
    expect(await twice(silence)).toMatchObject({ records: 2, unchanged: 0 });
  });

  it('leaves a part without documents, and without a pointer, when nothing in it changed', async () => {
    const world = makeWorld();
    await ingest(world, upload(world, { 'a.txt': 'One.' }));
    await ingest(world, upload(world, { 'a.txt': 'One.', 'b.txt': '' }, { uploadId: 'second' }));
    const second = world.bus.dataOf(documentsDerivedV1)[1]!;
    expect(second).toMatchObject({ records: 0, unchanged: 1, rejected: 1 });
    expect(second).not.toHaveProperty('derived');
  });
});
