import { describe, expect, it } from '@jest/globals';
import {
  chunkedDocumentV1,
  chunksCreatedV1,
  derivedDocumentV1,
  documentsDerivedV1,
  makeEvent,
  partFailedV1,
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

const setUp = async () => {
  const runtime = testRuntime('chunk');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const derived = await objects.writeRecords(derivedDocumentV1, 'derived/docs/0.jsonl.gz', [document]);
  const handler = makeHandler({ runtime, bus, objects });
  const run = { runId: '0'.repeat(26), attempt: 1, part: 0, collection: 'docs', source: 'files' };
  const data = { ...run, records: 1, unchanged: 0, rejected: 0, derived };
  const event = makeEvent(documentsDerivedV1, data, { correlationId: run.runId }, runtime.origin);
  return { runtime, bus, objects, handler, event };
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
