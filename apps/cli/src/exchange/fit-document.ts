import { assertProduced, chunkedDocumentV1, hashId } from '@alluvium/contracts';
import type { DeltaDocument } from '@alluvium/vector-store';

const CHUNK_ID = /^[0-9a-z]{26}$/;
const FULL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const fullTime = (time: string): string =>
  FULL_TIME.test(time) ? time : new Date(Date.parse(time)).toISOString();

/**
 * A document as the services know documents: ids of chunks in their form, times in full; a chunk without a text is found by its
 * title. What else does not fit is refused. Error: DOCUMENT_INVALID.
 */
export const fitDocument = (document: DeltaDocument): DeltaDocument => {
  const { documentId, entityId, title, modified } = document;
  const named = title === '' ? entityId : title;
  const chunks = document.chunks.map((chunk) => ({
    ...chunk,
    chunkId: CHUNK_ID.test(chunk.chunkId) ? chunk.chunkId : hashId([documentId, chunk.chunkId]),
    ...(chunk.text === '' && { text: named, end: chunk.start + named.length }),
  }));
  const fitted = { ...document, ...(modified !== undefined && { modified: fullTime(modified) }), chunks };
  const shapes = chunks.map(({ vector: _vector, keepsFloats: _keepsFloats, ...shape }) => shape);
  assertProduced(chunkedDocumentV1, { ...fitted, chunks: shapes });
  return fitted;
};
