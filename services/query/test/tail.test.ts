import { beforeEach, describe, expect, it } from '@jest/globals';
import { assertProduced, PipelineError, retrieveResponseV1 } from '@alluvium/contracts';
import { documentOf, DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;

beforeEach(async () => {
  world = makeWorld();
  await world.putCollection('docs', INDEX);
});

const search = async (query: string) => {
  const { status, body } = await world.get(query);
  expect([status, status === 200 ? undefined : body]).toEqual([200, undefined]);
  return assertProduced(retrieveResponseV1, body);
};
const idsOf = ({ results }: Awaited<ReturnType<typeof search>>): string[] =>
  results.map(({ entityId }) => entityId).sort();

describe('a search with the tail', () => {
  it('finds a document before it is in a snapshot', async () => {
    await world.publishDocuments(DOCUMENTS);
    await world.announceDocuments([documentOf('quarry', 'stone by the ton')], 1);
    const answer = await search('q=stone');
    expect(idsOf(answer)).toEqual(['bakery', 'hills', 'quarry', 'water']);
    expect(answer).toMatchObject({
      ...{ consistency: 'tail', matched: 4 },
      snapshot: { version: 1, fence: 1, chunks: 3 },
      tail: { deltas: 1, chunks: 1, omitted: 0 },
    });
  });

  it('finds one before anything is published', async () => {
    await world.announceDocuments([documentOf('quarry', 'stone by the ton')], 1);
    const answer = await search('q=stone');
    expect([idsOf(answer), answer.snapshot]).toEqual([['quarry'], undefined]);
    expect(answer.model?.id).toBe(INDEX.modelId);
  });

  it('leaves the tail out when only the snapshot is asked for', async () => {
    await world.publishDocuments(DOCUMENTS);
    await world.announceDocuments([documentOf('quarry', 'stone by the ton')], 1);
    const answer = await search('q=stone&consistency=snapshot');
    expect(idsOf(answer)).toEqual(['bakery', 'hills', 'water']);
    expect([answer.consistency, answer.tail]).toEqual(['snapshot', undefined]);
  });

  it('shows the newest revision of a document and no deleted one', async () => {
    await world.publishDocuments(DOCUMENTS);
    const [, , bakery] = DOCUMENTS;
    const gone = { ...bakery!, deleted: true, chunks: [], revision: { ...bakery!.revision, sequence: 3 } };
    await world.announceDocuments([documentOf('water', 'no more of it', undefined, 2), gone], 1);
    await world.announceDocuments([documentOf('water', 'the river again', undefined, 1)], 2);
    const { results } = await search('q=river');
    expect(results.map(({ snippet }) => snippet).sort()).toEqual(['no more of it', 'stone upon stone']);
  });

  it('counts a delta once that is in the snapshot as well', async () => {
    await world.publishDocuments(DOCUMENTS);
    await world.announceDocuments(DOCUMENTS);
    const answer = await search('q=stone');
    expect([idsOf(answer), answer.tail]).toEqual([
      ['bakery', 'hills', 'water'],
      { deltas: 0, chunks: 0, omitted: 0 },
    ]);
  });

  it('neither loses nor doubles a delta that is published meanwhile', async () => {
    await world.publishDocuments(DOCUMENTS);
    const fresh = Array.from({ length: 12 }, (_, part) => documentOf(`new${part}`, `stone ${part}`));
    for (const [part, document] of fresh.entries()) {
      await world.announceDocuments([document], part + 1);
      const [answers] = await Promise.all([
        Promise.all([search('q=stone&k=100'), search('q=stone&k=100')]),
        world
          .publishDocuments([document], part + 1)
          .then(() => world.tail.settle(INDEX.path, `delta-${part + 1}`)),
      ]);
      for (const answer of answers) expect(idsOf(answer)).toHaveLength(3 + part + 1);
    }
  });

  it('searches the oldest deltas up to its limits and tells of the others', async () => {
    await world.publishDocuments(DOCUMENTS);
    Object.assign(world.deps.tailLimits, { deltas: 2 });
    for (const part of [3, 1, 2]) await world.announceDocuments([documentOf(`new${part}`, 'stone')], part);
    const answer = await search('q=stone');
    expect(idsOf(answer)).toEqual(['bakery', 'hills', 'new1', 'new2', 'water']);
    expect(answer.tail).toEqual({ deltas: 2, chunks: 2, omitted: 1 });
  });

  it('goes on without a delta that cannot be read', async () => {
    await world.publishDocuments(DOCUMENTS);
    for (const part of [1, 2, 3]) await world.announceDocuments([documentOf(`new${part}`, 'stone')], part);
    await world.store.put('embeddings/docs/delta-1', Buffer.from('no delta'));
    await world.store.delete('embeddings/docs/delta-2');
    const answer = await search('q=stone');
    expect(idsOf(answer)).toEqual(['bakery', 'hills', 'new3', 'water']);
    expect(answer.tail).toEqual({ deltas: 1, chunks: 1, omitted: 2 });
  });

  it('reads a delta once for many queries', async () => {
    await world.publishDocuments(DOCUMENTS);
    await world.announceDocuments([documentOf('quarry', 'stone by the ton')], 1);
    await Promise.all([search('q=stone'), search('q=river')]);
    await world.store.delete('embeddings/docs/delta-1');
    const answer = await search('q=stone');
    expect(answer.tail).toEqual({ deltas: 1, chunks: 1, omitted: 0 });
  });

  it('asks to come again while the table does not answer, unless only the snapshot is asked for', async () => {
    await world.publishDocuments(DOCUMENTS);
    const failure = new PipelineError('The table is away', {
      code: 'STORE_UNAVAILABLE',
      kind: 'unavailable',
    });
    world.tail.pending = () => Promise.reject(failure);
    expect(await world.get('q=stone')).toMatchObject({ status: 503, body: { code: 'STORE_UNAVAILABLE' } });
    expect(idsOf(await search('q=stone&consistency=snapshot'))).toHaveLength(3);
  });

  it('refuses a consistency that there is not', async () => {
    const { body } = await world.get('q=a&consistency=eventual');
    expect(body).toMatchObject({
      code: 'PARAMETER_INVALID',
      detail: expect.stringContaining('snapshot, tail or tail-strict'),
    });
  });
});
