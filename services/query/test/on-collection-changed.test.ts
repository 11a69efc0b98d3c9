import { describe, expect, it } from '@jest/globals';
import { collectionChangedV1, makeEvent } from '@alluvium/contracts';
import { delivered, memoryObjects, testContext, testRuntime } from '@alluvium/testkit';
import { makeHandler } from '../src/handlers/on-collection-changed.ts';
import { memoryTail } from './support/memory-tail.ts';

const INDEX = { path: 'indexes/docs/model=m@0123456789ab/dims=4/', modelId: 'm@0123456789ab', dims: 4 };
const CHANGED_AT = '2026-03-01T12:00:00.000Z';
const PENDING = {
  ...{ deltaId: 'd1', runId: 'r', key: 'embeddings/docs/d1', sha256: '0'.repeat(64), bytes: 1 },
  ...{ documents: 1, chunks: 1, announcedAt: CHANGED_AT },
};

const pendingAfter = async (change: string): Promise<number> => {
  const [runtime, objects, tail] = [testRuntime('query'), memoryObjects(), memoryTail()];
  await tail.add(INDEX.path, PENDING);
  const record = objects.pointTo('collection.v1', 'jobs/collections/docs/1.json', Buffer.from('{}'));
  const data = { collection: 'docs', change, changedAt: CHANGED_AT, record, active: INDEX };
  const event = makeEvent(collectionChangedV1, data, { correlationId: 'c' }, runtime.origin);
  await makeHandler({ runtime, objects, tail })(delivered(event), testContext());
  return (await tail.pending(INDEX.path)).length;
};

describe('the tail of a collection', () => {
  it('is forgotten when the collection is deleted', async () =>
    expect(await pendingAfter('deleted')).toBe(0));

  it.each(['created', 'updated', 'index-switched'])('stays when it is %s', async (change) =>
    expect(await pendingAfter(change)).toBe(1),
  );
});
