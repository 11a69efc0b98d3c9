import { PipelineError } from '@alluvium/contracts';
import { residentCache } from '../cache/plane-cache.ts';
import { decodeDelta } from '../delta/delta-codec.ts';
import type { Delta, Revision } from '../delta/delta.ts';
import { foldDocuments } from '../delta/fold.ts';
import { assertVector } from '../delta/int8-rows.ts';
import { SegmentWriter } from '../publish/segment-writer.ts';
import { SegmentReader } from '../segment/segment-reader.ts';
import { parseIndexPath } from '../snapshot/index-paths.ts';
import { memoryObjectStore } from '../store/object-store-memory.ts';

/** The state in which a delta brings a document. */
export interface TailDocument {
  /** Its place in the delta's segment. */
  ordinal: number;
  revision: Revision;
  deleted: boolean;
  chunks: number;
}

/** A delta that is not in the snapshot yet, as a segment in memory: what a publish of it alone would write. */
export interface TailDelta {
  deltaId: string;
  runId: string;
  /** By documentId. */
  documents: ReadonlyMap<string, TailDocument>;
  chunks: number;
  /** Memory that it takes, about. */
  sizeBytes: number;
  /** Undefined of a delta without documents. */
  segment: SegmentReader | undefined;
}

/** Where a delta lies and which index it is for. */
export interface TailPlace {
  key: string;
  deltaId: string;
  indexPath: string;
}

const assertFits = (delta: Delta, { key, deltaId, indexPath }: TailPlace): void => {
  const { collection, modelId, dims } = parseIndexPath(indexPath);
  const { model } = delta;
  const isOfIndex = delta.collection === collection && model.id === modelId && model.dims === dims;
  if (!isOfIndex || delta.deltaId !== deltaId)
    throw new PipelineError(
      `${key} is not delta ${deltaId} of ${indexPath} but ${delta.deltaId} of collection ${delta.collection}, ` +
        `model ${model.id}, ${model.dims} dimensions`,
      { code: 'DELTA_INVALID', kind: 'invalid', details: { key, deltaId, indexPath } },
    );
  for (const { chunks } of delta.documents) for (const { vector } of chunks) assertVector(vector, dims);
};

// Planes are copied into memory of the kernel: once the object, once the planes.
const COPIES = 2;

/**
 * Makes a delta searchable. Errors: DELTA_CORRUPT, DELTA_INVALID (also when it belongs to another index), FORMAT_UNSUPPORTED,
 * VECTOR_INVALID.
 */
export const openTailDelta = async (bytes: Uint8Array, place: TailPlace): Promise<TailDelta> => {
  const delta = decodeDelta(bytes);
  assertFits(delta, place);
  const { dims } = delta.model;
  const store = memoryObjectStore();
  const target = {
    store,
    indexPath: place.indexPath,
    dims,
    segmentBytes: Infinity,
    publishId: place.deltaId,
  };
  const writer = new SegmentWriter(target);
  const documents = new Map<string, TailDocument>();
  let count = 0;
  for (const document of foldDocuments(delta.documents).values()) {
    const { documentId, revision, deleted, chunks } = document;
    documents.set(documentId, { ordinal: documents.size, revision, deleted, chunks: chunks.length });
    count += chunks.length;
    await writer.addChange(document, 0);
  }
  await writer.flush();
  const [descriptor] = writer.written;
  const sizeBytes = COPIES * (descriptor?.sizeBytes ?? 0);
  const source = { store, dims, cache: residentCache({ memoryBytes: sizeBytes }) };
  return {
    ...{ deltaId: delta.deltaId, runId: delta.runId, documents, chunks: count, sizeBytes },
    segment: descriptor && new SegmentReader(source, descriptor),
  };
};
