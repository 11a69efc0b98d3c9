import { describe, expect, it } from '@jest/globals';
import {
  chunkedDocumentV1,
  chunksCreatedV1,
  deltaCreatedV1,
  makeEvent,
  partFailedV1,
  PipelineError,
} from '@alluvium/contracts';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { decodeDelta } from '@alluvium/vector-store';
import { makeHandler } from '../src/handlers/on-chunks-created.ts';
import type { OpenModel } from '../src/ports.ts';
import { countingModel, documentOf, RUN } from './fixtures.ts';
import { makeWorld } from './support/world.ts';

const setUp = async (openModel?: OpenModel) => {
  const { deps, runtime, bus, objects, model } = makeWorld(openModel && { openModel });
  const documents = [
    documentOf('a.md', ['Deltas settle.', 'Snapshots are searched.']),
    documentOf('gone.md', [], { deleted: true }),
  ];
  const chunks = await objects.writeRecords(chunkedDocumentV1, 'chunks/docs/3.jsonl.gz', documents);
  const handler = makeHandler(deps);
  const data = { ...RUN, records: 2, documents: 2, chunks };
  const event = makeEvent(chunksCreatedV1, data, { correlationId: RUN.runId }, runtime.origin);
  return { deps, runtime, bus, objects, handler, event, model };
};

const storedDeltas = (objects: { stored: Map<string, Uint8Array> }): string[] =>
  [...objects.stored.keys()].filter((key) => key.startsWith('embeddings/'));

describe('on-chunks-created', () => {
  it('stores every document with its vectors, deletions included, and announces the delta', async () => {
    const { bus, objects, handler, event, model } = await setUp();
    await handler(sqsEvent([delivered(event)]), testContext());
    const [created] = bus.dataOf(deltaCreatedV1);
    expect(created).toMatchObject({ ...RUN, documents: 2, records: 2 });
    expect(created!.index).toEqual({
      path: 'indexes/docs/model=tiny@0123456789ab/dims=4/',
      modelId: 'tiny@0123456789ab',
      dims: 4,
    });
    const delta = decodeDelta(await objects.readBytes(created!.delta));
    expect(delta).toMatchObject({
      ...RUN,
      deltaId: created!.deltaId,
      model: { id: 'tiny@0123456789ab', dims: 4 },
    });
    expect(
      delta.documents.map(({ entityId, deleted, chunks }) => [entityId, deleted, chunks.length]),
    ).toEqual([
      ['a.md', false, 2],
      ['gone.md', true, 0],
    ]);
    expect(model.asked).toEqual(['Title of a.md\nDeltas settle.', 'Title of a.md\nSnapshots are searched.']);
  });

  it('announces the same delta and keeps one object when the event comes twice', async () => {
    const { bus, objects, handler, event } = await setUp();
    await handler(sqsEvent([delivered(event), delivered(event)]), testContext());
    const [first, second] = bus.dataOf(deltaCreatedV1);
    expect(second).toEqual(first);
    expect(storedDeltas(objects)).toEqual([`embeddings/docs/${RUN.runId}/3-${first!.deltaId}`]);
  });

  it('makes another delta in another index when the model changes', async () => {
    const { deps, bus, objects, handler, event } = await setUp();
    const other = countingModel('other@ba9876543210');
    const changed = makeHandler({ ...deps, openModel: async () => other });
    await handler(sqsEvent([delivered(event)]), testContext());
    await changed(sqsEvent([delivered(event)]), testContext());
    expect(storedDeltas(objects)).toHaveLength(2);
    expect(new Set(bus.dataOf(deltaCreatedV1).map(({ index }) => index.path)).size).toBe(2);
  });

  it('leaves the message to the queue while the model cannot be had, and reports the part on the last receive', async () => {
    const { bus, handler, event } = await setUp(async () => {
      throw new PipelineError('no model', { code: 'MODEL_MISSING', kind: 'unavailable' });
    });
    const early = await handler(sqsEvent([delivered(event)], 1), testContext());
    expect([early.batchItemFailures.length, bus.events.length]).toEqual([1, 0]);
    const last = await handler(sqsEvent([delivered(event)], 5), testContext());
    expect(last.batchItemFailures).toHaveLength(1);
    expect(bus.dataOf(partFailedV1)).toMatchObject([
      { ...RUN, stage: 'embed', error: { code: 'MODEL_MISSING' } },
    ]);
  });

  it('gives a part up at once when the model is corrupt, and says so', async () => {
    const { runtime, bus, handler, event } = await setUp(async () => {
      throw new PipelineError('model.onnx has another sha256', { code: 'MODEL_CORRUPT', kind: 'corrupt' });
    });
    const answer = await handler(sqsEvent([delivered(event)]), testContext());
    expect(answer.batchItemFailures).toEqual([]);
    expect(runtime.deadLetterList).toMatchObject([{ error: { code: 'MODEL_CORRUPT' } }]);
    expect(bus.dataOf(partFailedV1)).toMatchObject([{ stage: 'embed', error: { code: 'MODEL_CORRUPT' } }]);
  });
});
