import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  assertProduced,
  candidateResponseV1,
  collectionChangedV1,
  collectionDetailV1,
  collectionsV1,
  collectionV1,
  compactionRequestedV1,
  derivedDocumentV1,
  documentsDerivedV1,
  indexPathOf,
  jobV1,
  operationCompletedV1,
  operationRequestedV1,
  type OutgoingEvent,
} from '@alluvium/contracts';
import { httpOf } from './support/http.ts';
import { eventsOf, INDEX, makeWorld, RUN_ID, type World } from './support/world.ts';

const CHUNKER = { strategy: 'markdown', version: 1 };
let world: World;
let call: ReturnType<typeof httpOf>;

beforeEach(() => {
  world = makeWorld();
  call = httpOf(world);
});

const post = (path: string, body: unknown) => call({ method: 'POST', path, body });
const create = (collection: string, settings: object = {}) =>
  post('/collections', { collection, ...settings });
const detail = async (collection: string) =>
  assertProduced(collectionDetailV1, (await call({ path: `/collections/${collection}` })).body);
const names = async () =>
  assertProduced(collectionsV1, (await call({ path: '/collections' })).body).collections.map(
    ({ collection }) => collection,
  );
const changes = () =>
  world.bus.dataOf(collectionChangedV1).map(({ collection, change }) => [collection, change]);
const indexOf = (name: string) => ({ ...INDEX, path: indexPathOf(name, INDEX.modelId, INDEX.dims) });
const publish = async (name: string, parts: number[] = []) => {
  const event = await eventsOf(world).published(1, parts);
  const data = { ...event.detail.data, collection: name, index: indexOf(name) };
  await world.deliver({ ...event, detail: { ...event.detail, data } });
};

describe('a collection', () => {
  it('is created with its settings, and announced', async () => {
    const settings = { chunker: CHUNKER, model: 'alluvium-384', retention: { keepDays: 7 } };
    const answer = await create('docs', settings);
    expect(answer.status).toBe(201);
    expect(assertProduced(collectionV1, answer.body)).toMatchObject({ collection: 'docs', ...settings });
    expect(changes()).toEqual([['docs', 'created']]);
    expect(await names()).toEqual(['docs']);
  });

  it('is created once', async () => {
    await create('docs');
    expect(await create('docs')).toMatchObject({ status: 409, body: { code: 'COLLECTION_EXISTS' } });
  });

  it('takes other settings, and keeps those that are not named', async () => {
    await create('docs', { retention: { keepDays: 7 } });
    const answer = await call({ method: 'PATCH', path: '/collections/docs', body: { chunker: CHUNKER } });
    expect(answer.status).toBe(200);
    expect((await detail('docs')).collection).toMatchObject({ chunker: CHUNKER, retention: { keepDays: 7 } });
    expect(changes()).toContainEqual(['docs', 'updated']);
  });

  it.each([
    ['GET', '/collections/nope', undefined],
    ['PATCH', '/collections/nope', {}],
    ['DELETE', '/collections/nope', undefined],
    ['POST', '/collections/nope/candidates', {}],
    ['POST', '/collections/nope/switch', { index: 'docs--2' }],
  ])('that does not exist is not found by %s %s', async (method, path, body) => {
    const answer = await call({ method, path, ...(body && { body }) });
    expect(answer).toMatchObject({ status: 404, body: { code: 'COLLECTION_NOT_FOUND' } });
  });

  it('has the index of its first snapshot', async () => {
    await create('docs');
    await publish('docs');
    expect((await detail('docs')).collection.active).toEqual(INDEX);
    expect(changes()).toContainEqual(['docs', 'index-switched']);
  });
});

describe('a deleted collection', () => {
  it('is gone from the list, and what comes after it is another one with an index of its own', async () => {
    await create('docs', { chunker: CHUNKER });
    await publish('docs');
    const answer = await call({ method: 'DELETE', path: '/collections/docs' });
    expect(answer.status).toBe(204);
    expect(await names()).toEqual([]);
    expect(world.bus.dataOf(collectionChangedV1).at(-1)).toMatchObject({ change: 'deleted', active: INDEX });
    await world.deliver(eventsOf(world).started());
    const { collection } = await detail('docs');
    expect(collection).toMatchObject({ indexName: 'docs--2', since: expect.any(String) });
    expect(collection.active).toBeUndefined();
    await publish('docs');
    expect((await detail('docs')).collection.active).toBeUndefined();
    await publish('docs--2');
    expect((await detail('docs')).collection.active).toEqual(indexOf('docs--2'));
  });
});

const derivedDocument = {
  ...{ documentId: 'files/document#a.md', source: 'files', entity: 'document', entityId: 'a.md' },
  ...{ title: 'A', attributes: {}, deleted: false, text: 'Text.' },
  revision: { fence: 1, sequence: 0, contentHash: 'f'.repeat(64) },
};
const derive = async (key: string) => {
  await world.objects.writeRecords(derivedDocumentV1, key, [derivedDocument]);
  await world.deps.store.put(key, Buffer.from('listed'));
};
const requestCandidate = async (settings: object = {}) => {
  const answer = await post('/collections/docs/candidates', settings);
  expect(answer.status).toBe(202);
  return assertProduced(candidateResponseV1, answer.body);
};
const lastOperation = (): OutgoingEvent =>
  world.bus.events.findLast(({ detailType }) => detailType === operationRequestedV1.name)!;
const status = async (jobId: string) =>
  assertProduced(jobV1, (await call({ path: `/status/${jobId}` })).body);

describe('a candidate', () => {
  beforeEach(async () => {
    await create('docs');
    await publish('docs');
  });

  it('is a collection of its own with its chunker, beside the active index', async () => {
    const { candidate } = await requestCandidate({ chunker: CHUNKER });
    expect(candidate).toBe('docs--2');
    expect(await detail('docs')).toMatchObject({
      collection: { active: INDEX, candidates: ['docs--2'] },
      candidates: [{ collection: 'docs--2', candidateOf: 'docs', chunker: CHUNKER }],
    });
    expect(await names()).toEqual(['docs']);
  });

  it('is built of all that was derived for its collection, by a run of its own', async () => {
    await derive('derived/docs/2026/03/01/run/0.jsonl.gz');
    await derive('derived/docs/2026/03/01/run/1.jsonl.gz');
    await world.deps.store.put('derived/docs/2026/03/01/run/rejects/1.jsonl.gz', Buffer.from('no'));
    const { candidate, jobId } = await requestCandidate();
    await world.deliver(lastOperation());
    expect(world.bus.dataOf(operationCompletedV1)).toMatchObject([{ outcome: 'done' }]);
    const told = world.bus.dataOf(documentsDerivedV1);
    expect(told).toMatchObject([
      { runId: jobId, part: 0, collection: candidate, source: 'files', records: 1 },
      { runId: jobId, part: 1, collection: candidate },
    ]);
    expect(await status(jobId)).toMatchObject({
      state: 'running',
      parts: 2,
      steps: { fetched: { done: 2 } },
    });
  });

  it('whose collection has nothing yet is built at once', async () => {
    const { jobId } = await requestCandidate();
    await world.deliver(lastOperation());
    expect(await status(jobId)).toMatchObject({ state: 'done', parts: 0 });
  });

  it('answers after a switch, and can be switched away from again', async () => {
    await requestCandidate();
    const early = await post('/collections/docs/switch', { index: 'docs--2' });
    expect(early).toMatchObject({ status: 409, body: { code: 'CANDIDATE_EMPTY' } });
    await publish('docs--2');
    expect((await detail('docs')).collection.active).toEqual(INDEX);
    expect((await post('/collections/docs/switch', { index: 'docs--2' })).status).toBe(200);
    expect((await detail('docs')).collection).toMatchObject({
      ...{ active: indexOf('docs--2'), indexName: 'docs--2', candidates: ['docs'] },
    });
    expect(changes().at(-1)).toEqual(['docs', 'index-switched']);
    await post('/collections/docs/switch', { index: 'docs' });
    expect((await detail('docs')).collection).toMatchObject({ active: INDEX, candidates: ['docs--2'] });
  });

  it('can be dropped, and its name is not given again', async () => {
    await requestCandidate();
    const path = '/collections/docs/candidates/docs--2';
    expect((await call({ method: 'DELETE', path })).status).toBe(204);
    expect((await detail('docs')).candidates).toEqual([]);
    expect(await call({ method: 'DELETE', path })).toMatchObject({ body: { code: 'CANDIDATE_NOT_FOUND' } });
    expect((await requestCandidate()).candidate).toBe('docs--3');
  });

  it('is one of four at most', async () => {
    for (let count = 0; count < 4; count += 1) await requestCandidate();
    const answer = await post('/collections/docs/candidates', {});
    expect(answer).toMatchObject({ status: 409, body: { code: 'CANDIDATES_TOO_MANY' } });
  });

  it('that was dropped is not built', async () => {
    await requestCandidate();
    await call({ method: 'DELETE', path: '/collections/docs/candidates/docs--2' });
    await world.deliver(lastOperation());
    expect(world.bus.dataOf(operationCompletedV1)).toMatchObject([
      { outcome: 'failed', error: { code: 'CANDIDATE_NOT_FOUND' } },
    ]);
  });
});

describe('a run into a collection with a candidate', () => {
  const named = (event: OutgoingEvent, collection: string): OutgoingEvent => ({
    ...event,
    detail: { ...event.detail, data: { ...(event.detail.data as object), collection } },
  });

  it('is over with the index that answers, whatever becomes of the candidate', async () => {
    await create('docs');
    await requestCandidate();
    const run = eventsOf(world);
    await world.deliver(run.started(), run.sealed(1), run.fetched(0), await run.derived(0, 2));
    await world.deliver(named(run.chunked(0), 'docs--2'), named(run.durable(0), 'docs--2'));
    for (const stage of ['chunk', 'embed']) await world.deliver(named(run.failed(0, stage), 'docs--2'));
    await publish('docs--2', [0]);
    expect((await status(RUN_ID)).steps).toMatchObject({
      ...{ chunked: { done: 0 }, durable: { done: 0, failed: 0 }, applied: { done: 0 } },
    });
    await world.deliver(run.chunked(0), run.durable(0));
    expect(world.bus.dataOf(compactionRequestedV1).map(({ collection }) => collection)).toEqual([
      'docs',
      'docs--2',
    ]);
    await publish('docs', [0]);
    expect((await status(RUN_ID)).state).toBe('done');
  });
});
