import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  chunkedDocumentV1,
  chunksCreatedV1,
  derivedDocumentV1,
  documentsDerivedV1,
  makeEvent,
  partFailedV1,
  type CollectionV1,
  type DerivedDocumentV1,
} from '@alluvium/contracts';
import {
  delivered,
  memoryObjects,
  recordingBus,
  sqsEvent,
  testContext,
  testRuntime,
} from '@alluvium/testkit';
import { wordPieceTokenizer } from '@alluvium/embedding';
import { makeHandler } from '../src/handlers/on-documents-derived.ts';

const text = 'Alluvium settles deltas into snapshots. '.repeat(30).trim();

const document: DerivedDocumentV1 = {
  documentId: 'files/document#a.md',
  source: 'files',
  entity: 'document',
  entityId: 'a.md',
  title: 'A',
  attributes: {},
  revision: { fence: 1, sequence: 0, contentHash: '0'.repeat(64) },
  deleted: false,
  text,
};

const MODEL = new URL('../../../packages/embedding/models/alluvium-384/', import.meta.url);

const setUp = async ({ chunker, active, ...changes }: Partial<CollectionV1 & DerivedDocumentV1> = {}) => {
  const runtime = testRuntime('chunk');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const changed = { ...document, ...changes };
  const derived = await objects.writeRecords(derivedDocumentV1, 'derived/docs/0.jsonl.gz', [changed]);
  const handler = makeHandler({ runtime, bus, objects, modelId: () => 'alluvium-384' });
  const record = (chosen: CollectionV1['chunker']): void => {
    const at = '2026-03-01T12:00:00.000Z';
    const collection = { collection: 'docs', createdAt: at, updatedAt: at, chunker: chosen, active };
    objects.stored.set('collections/docs.json', Buffer.from(JSON.stringify(collection)));
  };
  if (chunker !== undefined) record(chunker);
  const run = { runId: '0'.repeat(26), attempt: 1, part: 0, collection: 'docs', source: 'files' };
  const data = { ...run, records: 1, unchanged: 0, rejected: 0, derived };
  const event = makeEvent(documentsDerivedV1, data, { correlationId: run.runId }, runtime.origin);
  const chunk = async () => {
    await handler(sqsEvent([delivered(event)]), testContext());
    const created = bus.dataOf(chunksCreatedV1).at(-1)!;
    const [chunked] = await objects.readRecords(chunkedDocumentV1, created.chunks);
    return { created, chunks: chunked!.chunks };
  };
  return { runtime, bus, objects, handler, event, record, chunk };
};

describe('on-documents-derived', () => {
  it('stores chunks that are slices of the text and announces them', async () => {
    const { bus, objects, handler, event } = await setUp();
    const answer = await handler(sqsEvent([delivered(event)]), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    const [created] = bus.dataOf(chunksCreatedV1);
    const [chunked] = await objects.readRecords(chunkedDocumentV1, created!.chunks);
    expect(created).toMatchObject({ documents: 1, records: chunked!.chunks.length });
    expect(chunked!.chunks.length).toBeGreaterThan(3);
    for (const chunk of chunked!.chunks) expect(text.slice(chunk.start, chunk.end)).toBe(chunk.text);
  });

  it('gives the same chunk ids and one object when the event comes twice', async () => {
    const { bus, objects, handler, event } = await setUp();
    await handler(sqsEvent([delivered(event), delivered(event)]), testContext());
    const [first, second] = bus.dataOf(chunksCreatedV1);
    expect(second).toEqual(first);
    expect([...objects.stored.keys()].filter((key) => key.startsWith('chunks/'))).toHaveLength(1);
  });

  it('sends an event that does not fit its schema to the dead letters with the path of the fault', async () => {
    const { runtime, handler, event } = await setUp();
    const broken = { ...event, detail: { ...event.detail, data: { ...event.detail.data, part: -1 } } };
    const answer = await handler(sqsEvent([delivered(broken)]), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(runtime.deadLetterList).toMatchObject([
      { error: { code: 'EVENT_INVALID', details: { path: '/data/part' } } },
    ]);
  });

  it('reports the part as failed on the last receive and leaves the message to the queue', async () => {
    const { bus, objects, handler, event } = await setUp();
    objects.stored.clear();
    const early = await handler(sqsEvent([delivered(event)], 1), testContext());
    expect(bus.dataOf(partFailedV1)).toEqual([]);
    expect(early.batchItemFailures).toHaveLength(1);
    const last = await handler(sqsEvent([delivered(event)], 5), testContext());
    expect(bus.dataOf(partFailedV1)).toMatchObject([{ stage: 'chunk', error: { code: 'OBJECT_MISSING' } }]);
    expect(last.batchItemFailures).toHaveLength(1);
  });
});

describe('the chunker of a collection', () => {
  it('is whole sentences of 280 characters where none is recorded', async () => {
    const { created, chunks } = await (await setUp()).chunk();
    expect(created.chunker).toBe('sentence-1/280/40');
    expect(Math.max(...chunks.map(({ end, start }) => end - start))).toBeLessThanOrEqual(280);
  });

  it('is the one that its document names', async () => {
    const { created, chunks } = await (await setUp({ chunker: { strategy: 'none', version: 1 } })).chunk();
    expect(created.chunker).toBe('none-1');
    expect(chunks.map(({ start, end }) => [start, end])).toEqual([[0, text.length]]);
  });

  it('gives every chunk another id when it changes, beside the chunks that there were', async () => {
    const { record, chunk, objects } = await setUp();
    const before = await chunk();
    record({ strategy: 'sentence', version: 1, parameters: { maxChars: 280, overlapChars: 0 } });
    const after = await chunk();
    const ids = new Set(before.chunks.map(({ chunkId }) => chunkId));
    expect(after.chunks.filter(({ chunkId }) => ids.has(chunkId))).toEqual([]);
    expect([...objects.stored.keys()].filter((key) => key.startsWith('chunks/'))).toHaveLength(2);
  });

  it('hands on the headings above a chunk as its context', async () => {
    const guide = `Guide\n\n${text}`;
    const { chunk } = await setUp({
      chunker: { strategy: 'markdown', version: 1, parameters: { maxChars: 280 } },
      text: guide,
      headings: [{ level: 1, text: 'Guide', start: 0 }],
    });
    const { chunks } = await chunk();
    expect(chunks[0]).not.toHaveProperty('context');
    expect(chunks[1]).toMatchObject({ context: 'Guide' });
  });

  it("counts tokens with the model's tokenizer", async () => {
    const chunker = { strategy: 'token', version: 1, parameters: { maxTokens: 32, overlapTokens: 0 } };
    const { chunk, objects } = await setUp({ chunker });
    for (const file of ['manifest.json', 'tokenizer.json'])
      objects.stored.set(`models/alluvium-384/${file}`, readFileSync(new URL(file, MODEL)));
    const { created, chunks } = await chunk();
    expect(created.chunker).toBe('token-1/32/0/alluvium-384');
    const tokenizer = wordPieceTokenizer(JSON.parse(readFileSync(new URL('tokenizer.json', MODEL), 'utf8')));
    const counts = chunks.map((each) => tokenizer.encode(each.text, 1000).length - 2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(32);
    expect(Math.max(...counts)).toBeGreaterThan(16);
  });

  it.each([
    ['a strategy that there is not', { strategy: 'paragraph', version: 1 }, 'CHUNKER_UNKNOWN'],
    ['a version that there is not', { strategy: 'sentence', version: 7 }, 'CHUNKER_UNKNOWN'],
    ['tokens of a model that is not there', { strategy: 'token', version: 1 }, 'MODEL_MISSING'],
  ])('reports the part as failed for %s', async (_, chunker, code) => {
    const { handler, event, bus } = await setUp({ chunker });
    await handler(sqsEvent([delivered(event)], 5), testContext());
    expect(bus.dataOf(partFailedV1)).toMatchObject([{ stage: 'chunk', error: { code } }]);
  });
});

describe('a document that refers to others', () => {
  it('has chunks without the references, which are among its attributes', async () => {
    const edges = [{ relation: 'authors', entity: 'person', entityId: '7' }];
    const { chunk, objects } = await setUp({ edges, attributes: { authors: ['person#7'] } });
    const { created } = await chunk();
    const [chunked] = await objects.readRecords(chunkedDocumentV1, created.chunks);
    expect(chunked).not.toHaveProperty('edges');
    expect(chunked?.attributes).toEqual({ authors: ['person#7'] });
  });
});

describe('a collection with a candidate', () => {
  const at = '2026-03-01T12:00:00.000Z';
  const put = (
    { objects }: Awaited<ReturnType<typeof setUp>>,
    collection: string,
    fields: Partial<CollectionV1>,
  ): void => {
    const value = { collection, createdAt: at, updatedAt: at, ...fields };
    objects.stored.set(`collections/${collection}.json`, Buffer.from(JSON.stringify(value)));
  };

  it('has its documents cut for both, each by its own chunker and under its own name', async () => {
    const world = await setUp();
    put(world, 'docs', { candidates: ['docs--2'] });
    put(world, 'docs--2', { candidateOf: 'docs', chunker: { strategy: 'none', version: 1 } });
    await world.handler(sqsEvent([delivered(world.event)]), testContext());
    const created = world.bus.dataOf(chunksCreatedV1);
    expect(created.map(({ collection, chunker }) => [collection, chunker])).toEqual([
      ['docs', 'sentence-1/280/40'],
      ['docs--2', 'none-1'],
    ]);
    expect(created.map(({ chunks }) => chunks.key.split('/')[1])).toEqual(['docs', 'docs--2']);
  });

  it('that took the place of the first index has them cut for that one alone', async () => {
    const world = await setUp();
    put(world, 'docs', { indexName: 'docs--2' });
    await world.handler(sqsEvent([delivered(world.event)]), testContext());
    expect(world.bus.dataOf(chunksCreatedV1).map(({ collection }) => collection)).toEqual(['docs--2']);
  });

  it('goes on where the candidate cannot, and says which of them failed', async () => {
    const world = await setUp();
    put(world, 'docs', { candidates: ['docs--2'] });
    put(world, 'docs--2', { candidateOf: 'docs', chunker: { strategy: 'sentence', version: 9 } });
    await world.handler(sqsEvent([delivered(world.event)], 5), testContext());
    expect(world.bus.dataOf(chunksCreatedV1).map(({ collection }) => collection)).toEqual(['docs']);
    expect(world.bus.dataOf(partFailedV1)).toMatchObject([
      { collection: 'docs--2', stage: 'chunk', error: { code: 'CHUNKER_UNKNOWN' } },
    ]);
  });
});
