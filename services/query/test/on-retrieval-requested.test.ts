import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  makeEvent,
  retrievalCompletedV1,
  retrievalRequestedV1,
  retrieveResponseV1,
  type RetrievalRequestedV1,
} from '@alluvium/contracts';
import { delivered, memoryObjects, testContext } from '@alluvium/testkit';
import { makeHandler } from '../src/handlers/on-retrieval-requested.ts';
import { DOCUMENTS, INDEX, makeWorld } from './support/world.ts';

let world: ReturnType<typeof makeWorld>;
let objects: ReturnType<typeof memoryObjects>;

beforeEach(async () => {
  world = makeWorld();
  objects = memoryObjects();
  await world.putCollection('docs', INDEX);
  await world.publishDocuments(DOCUMENTS);
});

const ask = async (asked: Partial<RetrievalRequestedV1['data']> = {}) => {
  const data = { jobId: '01JD3Z5Q6V8X9Y0ZABCDEFGHJK', collection: 'docs', q: 'stone', ...asked };
  const event = makeEvent(retrievalRequestedV1, data, { correlationId: data.jobId }, world.runtime.origin);
  await makeHandler({ ...world.deps, bus: world.bus, objects })(delivered(event), testContext());
  return world.bus.dataOf(retrievalCompletedV1).at(-1);
};

describe('a search on behalf of a job', () => {
  it('is answered with a pointer to what was found', async () => {
    const completed = await ask({ k: 2 });
    expect(completed).toMatchObject({ outcome: 'done', version: 1, matched: 3 });
    expect(completed?.results?.key).toBe('retrievals/01JD3Z5Q6V8X9Y0ZABCDEFGHJK.json');
    const { results } = await objects.readDocument(retrieveResponseV1, completed!.results!);
    expect(results.map(({ entityId }) => entityId)).toEqual(['hills', 'water']);
  });

  it('keeps to the filters', async () => {
    const completed = await ask({ since: '2026-02-01T00:00:00.000Z' });
    const { results } = await objects.readDocument(retrieveResponseV1, completed!.results!);
    expect(results.map(({ entityId }) => entityId)).toEqual(['hills']);
  });

  it('is answered with the failure when it can never succeed', async () => {
    const completed = await ask({ collection: 'nope' });
    expect(completed).toMatchObject({ outcome: 'failed', error: { code: 'COLLECTION_NOT_FOUND' } });
  });

  it('points to the same answer when it is asked for again', async () => {
    const first = await ask();
    await world.publishDocuments([DOCUMENTS[2]!], 1);
    expect((await ask())?.results).toEqual(first?.results);
  });
});
