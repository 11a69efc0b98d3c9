import type { AttributeValue, DeltaDocument, Revision } from '../delta/delta.ts';

/**
 * What a record says beside its id and vector: of the document, and of its chunk. A record without a vector stands for a document
 * without chunks, mostly a tombstone, and has none of the chunk's fields.
 */
export interface ExchangeMeta {
  documentId: string;
  source: string;
  entity: string;
  entityId: string;
  title: string;
  url?: string;
  /** ISO 8601. */
  modified?: string;
  attributes: Record<string, AttributeValue>;
  revision: Revision;
  deleted?: true;
  ordinal?: number;
  start?: number;
  end?: number;
  text?: string;
  /** The vector is as the model gave it, not as the index quantized it. */
  keepsFloats?: true;
}

/** One chunk, with all that is known of its document: every record can be read alone. */
export interface ExchangeRecord {
  /** The chunkId; the documentId where there is no chunk. */
  id: string;
  vector: Float32Array | null;
  meta: ExchangeMeta;
}

/** The records of a document: one for each chunk, or one without a vector. */
export const recordsOf = (document: DeltaDocument): ExchangeRecord[] => {
  const { documentId, source, entity, entityId, title, url, modified, attributes, revision } = document;
  const shared: ExchangeMeta = {
    documentId,
    source,
    entity,
    entityId,
    title,
    ...(url !== undefined && { url }),
    ...(modified !== undefined && { modified }),
    attributes,
    revision,
  };
  if (document.chunks.length === 0)
    return [{ id: documentId, vector: null, meta: document.deleted ? { ...shared, deleted: true } : shared }];
  return document.chunks.map(({ chunkId, vector, ordinal, start, end, text, keepsFloats }) => ({
    id: chunkId,
    vector,
    meta: { ...shared, ordinal, start, end, text, ...(keepsFloats === true && { keepsFloats }) },
  }));
};
