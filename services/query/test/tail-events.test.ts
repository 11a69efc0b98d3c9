import { describe, expect, it } from '@jest/globals';
import { appliedPartsV1, deltaCreatedV1, hashId, makeEvent, snapshotPublishedV1 } from '@alluvium/contracts';
import { delivered, memoryObjects, sqsEvent, testContext, testRuntime } from '@alluvium/testkit';
import { makeHandler as onDeltaCreated } from '../src/handlers/on-delta-created.ts';
import { makeHandler as onSnapshotPublished } from '../src/handlers/on-snapshot-published.ts';
import { memoryTail } from './support/memory-tail.ts';
import { INDEX } from './support/world.ts';

const runId = hashId('run');
const deltaIdOf = (part: number): string => hashId(`delta ${part}`);

const makeWorld = () => {
  const runtime = testRuntime('query');
  const [objects, tail] = [memoryObjects(), memoryTail()];
  const deps = { runtime, objects, tail };
  const [hears, sees] = [onDeltaCreated(deps), onSnapshotPublished(deps)];
  const cause = { correlationId: runId };
  return {
    ...{ objects, tail, runtime },
    announce: (part: number) => {
      const data = {
        ...{ runId, attempt: 1, part, collection: 'docs', deltaId: deltaIdOf(part), index: INDEX },
        ...{ documents: 1, records: 2 },
        delta: {
          ...{ bucket: 'test-data', key: `embeddings/${part}`, sha256: '0'.repeat(64), bytes: 100 },
          contentSchema: 'delta.v1',
        },
      };
      const event = makeEvent(deltaCreatedV1, data, cause, runtime.origin);
      return hears(sqsEvent([delivered(event)]), testContext());
    },
    publish: async (parts: number[], beforeItIsHeard = (): void => undefined) => {
      const list = parts.map((part) => ({ runId, attempt: 1, part, deltaId: deltaIdOf(part) }));
      const key = `${INDEX.path}published/${parts.join('-')}.json`;
      const applied = await objects.writeDocument(appliedPartsV1, key, { collection: 'docs', parts: list });
      const data = {
        ...{ collection: 'docs', index: INDEX, version: 1, publishId: runtime.origin.newEventId(), fence: 1 },
        ...{ kind: 'commit', publishedAt: '2026-03-01T12:00:00.000Z', counts: { documents: 1, chunks: 2 } },
        applied,
      };
      const event = makeEvent(snapshotPublishedV1, data, cause, runtime.origin);
      beforeItIsHeard();
      return sees(sqsEvent([delivered(event)]), testContext());
    },
  };
};

describe('events about deltas', () => {
  it('bring a delta into the tail and take it out again', async () => {
    const { announce, publish, tail } = makeWorld();
    for (const part of [0, 1, 2]) await announce(part);
    expect(await tail.pending(INDEX.path)).toMatchObject([
      { deltaId: deltaIdOf(0), runId, key: 'embeddings/0', bytes: 100, documents: 1, chunks: 2 },
      { deltaId: deltaIdOf(1) },
      { deltaId: deltaIdOf(2) },
    ]);
    await publish([0, 2]);
    expect(await tail.pending(INDEX.path)).toMatchObject([{ deltaId: deltaIdOf(1) }]);
  });

  it('may come in any order and many times', async () => {
    const { announce, publish, tail } = makeWorld();
    await publish([0]);
    for (let time = 0; time < 2; time += 1) await announce(0);
    await publish([0]);
    expect(await tail.pending(INDEX.path)).toEqual([]);
  });

  it('come again while the list of parts is not there', async () => {
    const { announce, publish, objects, tail } = makeWorld();
    await announce(0);
    const answer = await publish([0], () => objects.stored.clear());
    expect(answer).toMatchObject({ batchItemFailures: [expect.anything()] });
    expect(await tail.pending(INDEX.path)).toHaveLength(1);
    await publish([0]);
    expect(await tail.pending(INDEX.path)).toEqual([]);
  });
});
