import {
  documentsDeleteRequestedV1,
  makeEvent,
  type DocumentsDeleteRequestedV1,
  type IndexV1,
} from '@alluvium/contracts';
import { delivered, memoryObjects, recordingBus, testContext, testRuntime } from '@alluvium/testkit';
import {
  encodeDelta,
  decodeDelta,
  memoryObjectStore,
  publish,
  systemClock,
  type Delta,
  type DeltaDocument,
  type ObjectStore,
} from '@alluvium/vector-store';
import { makeHandler } from '../../src/handlers/on-documents-delete-requested.ts';

const STAMP = 'tiny@0123456789ab';
export const INDEX: IndexV1 = { path: `indexes/docs/model=${STAMP}/dims=4/`, modelId: STAMP, dims: 4 };

/** A document of one chunk. */
export const documentOf = (entityId: string, fence = 1): DeltaDocument => ({
  ...{ documentId: `files/page#${entityId}`, source: 'files', entity: 'page', entityId },
  ...{ title: entityId, attributes: {}, deleted: false },
  revision: { fence, sequence: 7, contentHash: 'f'.repeat(64) },
  chunks: [
    { chunkId: entityId, ordinal: 0, text: entityId, start: 0, end: 1, vector: Float32Array.of(1, 0, 0, 0) },
  ],
});

const deltaOf = (documents: DeltaDocument[], runId: string): Delta => ({
  ...{ deltaId: `d${runId.slice(1)}`, runId, attempt: 1, part: 0, documents },
  ...{ collection: 'docs', model: { id: STAMP, dims: 4 } },
});

const settle = async (store: ObjectStore, delta: Delta, newId: () => string): Promise<void> => {
  const { deltaId, runId, attempt, part } = delta;
  await publish({
    ...{ store, indexPath: INDEX.path, fence: 1, clock: systemClock, newId },
    choose: async () => [{ deltaId, runId, attempt, part, key: 'delta' }],
    loadDelta: async () => decodeDelta(encodeDelta(delta)),
    checkLease: () => undefined,
  });
};

/** A bucket with an index, around the handler of deletions. */
export const deletionWorld = () => {
  const runtime = testRuntime('embed');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const store = memoryObjectStore({ nowMs: () => runtime.origin.nowMs() });
  const handler = makeHandler({ runtime, bus, objects, store });
  let runs = 0;
  const nextRun = (): string => String((runs += 1)).padStart(26, 'r');
  return {
    ...{ runtime, bus, objects, store },
    putCollection: (active?: IndexV1) =>
      store.put(
        'collections/docs.json',
        Buffer.from(
          JSON.stringify({
            ...{ collection: 'docs', createdAt: '2026-03-01T12:00:00.000Z' },
            ...{ updatedAt: '2026-03-01T12:00:00.000Z', ...(active && { active }) },
          }),
        ),
      ),
    publishDocuments: (documents: DeltaDocument[]) =>
      settle(store, deltaOf(documents, nextRun()), () => runtime.origin.newEventId()),
    publishDelta: (delta: Delta) => settle(store, delta, () => runtime.origin.newEventId()),
    /** Stores a delta that waits for its publish. */
    leaveWaiting: async (documents: DeltaDocument[], collection = 'docs') => {
      const delta = { ...deltaOf(documents, nextRun()), collection };
      await store.put(`embeddings/${collection}/${delta.runId}/0-${delta.deltaId}`, encodeDelta(delta));
    },
    request: async (documentIds: string[], rest: Partial<DocumentsDeleteRequestedV1['data']> = {}) => {
      const data = {
        ...{ collection: 'docs', requestId: 'r1', slice: 0, documentIds },
        ...{ requestedAt: '2026-03-01T12:00:00.000Z', ...rest },
      };
      const event = makeEvent(documentsDeleteRequestedV1, data, { correlationId: 'r1' }, runtime.origin);
      await handler(delivered(event), testContext());
    },
  };
};
