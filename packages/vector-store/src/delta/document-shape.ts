import { isCount, isRecord, isText, wrongField, type Check } from '../bytes/json-shapes.ts';
import type { AttributeValue, DeltaChunk, DeltaDocument, Revision } from './delta.ts';

/** A chunk without its vector. */
export type ChunkShape = Omit<DeltaChunk, 'vector' | 'keepsFloats'>;

/** A document whose vectors lie elsewhere. */
export type DocumentShape = Omit<DeltaDocument, 'chunks'> & { chunks: ChunkShape[] };

const isRevision = (value: unknown): value is Revision =>
  isRecord(value) && isCount(value['fence']) && isCount(value['sequence']) && isText(value['contentHash']);

const isAttribute = (value: unknown): value is AttributeValue =>
  isText(value) ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (Array.isArray(value) && value.every(isText));

const isTime = (value: unknown): boolean => isText(value) && Number.isFinite(Date.parse(value));

const CHUNK_FIELDS: Record<keyof ChunkShape, Check> = {
  chunkId: (value) => isText(value) && value !== '',
  ordinal: isCount,
  text: isText,
  start: isCount,
  end: isCount,
};

const DOCUMENT_FIELDS: Record<keyof DocumentShape, Check> = {
  documentId: (value) => isText(value) && value !== '',
  entity: isText,
  entityId: isText,
  source: isText,
  title: isText,
  url: (value) => value === undefined || isText(value),
  modified: (value) => value === undefined || isTime(value),
  attributes: (value) => isRecord(value) && Object.values(value).every(isAttribute),
  revision: isRevision,
  deleted: (value) => typeof value === 'boolean',
  chunks: Array.isArray,
};

/** What is wrong with a document, in words, or `undefined`. Vectors are not looked at. */
export const documentFault = (value: unknown): string | undefined => {
  const fault = wrongField(DOCUMENT_FIELDS, value);
  if (fault !== undefined) return fault;
  const document = value as DocumentShape;
  if (document.deleted && document.chunks.length > 0) return 'it is deleted and has chunks';
  for (const [index, chunk] of document.chunks.entries()) {
    const chunkFault = wrongField(CHUNK_FIELDS, chunk);
    if (chunkFault !== undefined) return `chunk ${index}: ${chunkFault}`;
  }
  return undefined;
};
