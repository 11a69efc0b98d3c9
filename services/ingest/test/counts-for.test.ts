import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeEvent, partFailedV1, type CollectionV1 } from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { collectionThatCounts } from '../src/counts-for.ts';
import { makeHandler } from '../src/handlers/on-part-settled.ts';
import { makeWorld, type World } from './support/world.ts';

const at = '2026-03-01T12:00:00.000Z';
const part = { runId: '0'.repeat(26), attempt: 1, part: 0 };
let world: World;

const put = (collection: string, fields: Partial<CollectionV1>): void => {
  const value = { collection, createdAt: at, updatedAt: at, ...fields };
  world.objects.stored.set(`collections/${collection}.json`, Buffer.from(JSON.stringify(value)));
};

beforeEach(() => {
  world = makeWorld();
});

describe('what became of a part', () => {
  it.each<[string, Record<string, Partial<CollectionV1>>, string, string | undefined]>([
    ['of a collection that has no document yet', {}, 'docs', 'docs'],
    ['in the first index', { docs: { candidates: ['docs--2'] } }, 'docs', 'docs'],
    ['in a candidate', { docs: { candidates: ['docs--2'] } }, 'docs--2', undefined],
    ['in the candidate that took over', { docs: { indexName: 'docs--2' } }, 'docs--2', 'docs'],
    ['in the first index, after that', { docs: { indexName: 'docs--2' } }, 'docs', undefined],
  ])('%s counts for the collection whose index answers', async (_, documents, name, counted) => {
    for (const [collection, fields] of Object.entries(documents)) {
      put(collection, fields);
      put('docs--2', { candidateOf: 'docs' });
    }
    expect(await collectionThatCounts(world.deps, name)).toBe(counted);
  });

  it('in a candidate leaves its fate open', async () => {
    put('docs', { candidates: ['docs--2'] });
    put('docs--2', { candidateOf: 'docs' });
    for (const collection of ['docs--2', 'docs']) {
      const failed = { ...part, collection, stage: 'chunk', error: { code: 'X', message: 'x' } };
      const event = makeEvent(partFailedV1, failed, { correlationId: 'c' }, world.runtime.origin);
      const fates = await world.checkpoints.fatesOf([part]);
      expect(fates.size).toBe(0);
      await makeHandler(world.deps)(delivered(event), testContext());
    }
    expect([...(await world.checkpoints.fatesOf([part])).values()]).toEqual(['failed']);
  });
});
