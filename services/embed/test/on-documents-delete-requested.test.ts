import { describe, expect, it } from '@jest/globals';
import { deltaCreatedV1 } from '@alluvium/contracts';
import { compareRevisions, decodeDelta, openSnapshot } from '@alluvium/vector-store';
import { deletionWorld, documentOf, INDEX } from './support/deletion-world.ts';

const livingIn = async ({ store }: ReturnType<typeof deletionWorld>): Promise<string[]> => {
  const living: string[] = [];
  for await (const { entityId, deleted } of (await openSnapshot(store, INDEX.path))!.documents())
    if (!deleted) living.push(entityId);
  return living.sort();
};

const publishedWorld = async () => {
  const world = deletionWorld();
  await world.putCollection(INDEX);
  await world.publishDocuments([documentOf('a'), documentOf('b', 3)]);
  return world;
};

const deltaIn = async ({ bus, objects }: ReturnType<typeof deletionWorld>, index = 0) =>
  decodeDelta(await objects.readBytes(bus.dataOf(deltaCreatedV1)[index]!.delta));

describe('on-documents-delete-requested', () => {
  it('writes a tombstone that takes the document out of the next snapshot', async () => {
    const world = await publishedWorld();
    await world.request(['files/page#a']);
    expect(world.bus.dataOf(deltaCreatedV1)).toMatchObject([{ index: INDEX, documents: 1, records: 0 }]);
    const delta = await deltaIn(world);
    expect(delta.documents).toMatchObject([{ entityId: 'a', deleted: true, chunks: [], title: '' }]);
    await world.publishDelta(delta);
    expect(await livingIn(world)).toEqual(['b']);
  });

  it('reaches a document that waits for its publish', async () => {
    const world = await publishedWorld();
    await world.leaveWaiting([documentOf('a', 5), documentOf('new', 5)]);
    await world.request(['files/page#a', 'files/page#new']);
    const { documents } = await deltaIn(world);
    expect(documents.map(({ entityId, revision }) => [entityId, revision.fence])).toEqual([
      ['a', 5],
      ['new', 5],
    ]);
  });

  it('loses against what is ingested afterwards', async () => {
    const world = await publishedWorld();
    await world.request(['files/page#a']);
    const [tombstone] = (await deltaIn(world)).documents;
    expect(compareRevisions(tombstone!.revision, documentOf('a').revision)).toBeGreaterThan(0);
    expect(compareRevisions(tombstone!.revision, documentOf('a', 2).revision)).toBeLessThan(0);
  });

  it('takes nothing more away when it comes again, whatever happened in between', async () => {
    const world = await publishedWorld();
    await world.request(['files/page#a']);
    await world.leaveWaiting([documentOf('a', 9)]);
    await world.request(['files/page#a']);
    const [first, second] = world.bus.dataOf(deltaCreatedV1);
    expect(second).toEqual(first);
    expect((await deltaIn(world, 1)).documents[0]!.revision.fence).toBe(1);
  });

  it('keeps slices and requests apart', async () => {
    const world = await publishedWorld();
    await world.request(['files/page#a']);
    await world.request(['files/page#b'], { slice: 1 });
    await world.request(['files/page#b'], { requestId: 'r2' });
    expect(new Set(world.bus.dataOf(deltaCreatedV1).map(({ deltaId }) => deltaId)).size).toBe(3);
  });

  it.each([
    ['a document that nobody has', ['files/page#none']],
    ['something that is no id', ['none']],
  ])('says nothing of %s', async (_, documentIds) => {
    const world = await publishedWorld();
    await world.request(documentIds);
    expect(world.bus.events).toEqual([]);
  });

  it('says nothing of a collection that is not there', async () => {
    const world = deletionWorld();
    await world.request(['files/page#a']);
    expect(world.bus.events).toEqual([]);
  });

  it('says nothing of a document that is deleted already', async () => {
    const world = await publishedWorld();
    await world.request(['files/page#a']);
    await world.publishDelta(await deltaIn(world));
    await world.request(['files/page#a'], { requestId: 'r2' });
    expect(world.bus.events).toHaveLength(1);
  });

  it('comes again while the collection has no index', async () => {
    const world = deletionWorld();
    await world.putCollection();
    await expect(world.request(['files/page#a'])).rejects.toMatchObject({
      code: 'COLLECTION_UNPUBLISHED',
      kind: 'unavailable',
    });
  });

  it('reaches the candidates of a collection, under their own names', async () => {
    const world = await publishedWorld();
    const document = { createdAt: '2026-03-01T12:00:00.000Z', updatedAt: '2026-03-01T12:00:00.000Z' };
    const put = (name: string, rest: object): Promise<unknown> =>
      world.store.put(
        `collections/${name}.json`,
        Buffer.from(JSON.stringify({ collection: name, ...document, ...rest })),
      );
    const CANDIDATE = { ...INDEX, path: INDEX.path.replace('/docs/', '/docs--2/') };
    await put('docs', { active: INDEX, candidates: ['docs--2', 'docs--3'] });
    await put('docs--2', { active: CANDIDATE, candidateOf: 'docs' });
    await put('docs--3', { candidateOf: 'docs' });
    await world.leaveWaiting([documentOf('a')], 'docs--2');
    await world.request(['files/page#a']);
    expect(world.bus.dataOf(deltaCreatedV1).map(({ collection, index }) => [collection, index.path])).toEqual(
      [
        ['docs', INDEX.path],
        ['docs--2', CANDIDATE.path],
      ],
    );
  });
});
