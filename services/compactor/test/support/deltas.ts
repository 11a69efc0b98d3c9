import { deltaCreatedV1, hashId, indexPathOf, makeEvent, type DeltaCreatedV1 } from '@alluvium/contracts';
import type { Objects } from '@alluvium/lambda-kit';
import { encodeDelta, type Delta } from '@alluvium/vector-store';

export const MODEL = { id: 'tiny@0123456789ab', dims: 4 };
export const INDEX_PATH = indexPathOf('docs', MODEL.id, MODEL.dims);
export const RUN_ID = hashId('run');

/** A delta of one document, `page-<part>`. */
export const deltaOf = (part: number, rest: Partial<Delta> = {}): Delta => {
  const identity = { deltaId: hashId(['delta', part]), collection: 'docs', runId: RUN_ID, attempt: 1, part };
  const text = `settled sediment ${part}`;
  const chunk = { chunkId: `chunk-${part}`, ordinal: 0, text, start: 0, end: text.length };
  const document = {
    documentId: `files/page#${part}`,
    entity: 'page',
    entityId: String(part),
    source: 'files',
    title: `Page ${part}`,
    attributes: {},
    revision: { fence: 1, sequence: part, contentHash: hashId(part) },
    deleted: false,
    chunks: [{ ...chunk, vector: Float32Array.of(1, part + 1, 0.5, -1) }],
  };
  return { ...identity, model: MODEL, documents: [document], ...rest };
};

/** Stores a delta as embed does and returns its event; `bytes` replaces what it should hold. */
export const storeDelta = async (
  objects: Objects,
  delta: Delta,
  bytes: Uint8Array = encodeDelta(delta),
): Promise<DeltaCreatedV1['data']> => {
  const { runId, attempt, part, collection, deltaId, documents } = delta;
  const key = `embeddings/${collection}/${runId}/${part}-${deltaId}`;
  return {
    runId,
    attempt,
    part,
    collection,
    deltaId,
    index: { path: indexPathOf(collection, MODEL.id, MODEL.dims), modelId: MODEL.id, dims: MODEL.dims },
    documents: documents.length,
    records: documents.length,
    delta: await objects.writeBytes('delta.v1', key, bytes),
  };
};

/** The event that announces a stored delta. */
export const createdEvent = (
  data: DeltaCreatedV1['data'],
  origin: Parameters<typeof makeEvent>[3],
): ReturnType<typeof makeEvent<DeltaCreatedV1>> =>
  makeEvent(deltaCreatedV1, data, { correlationId: data.runId }, origin);
