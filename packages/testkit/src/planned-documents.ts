import { hashId, sha256Hex } from '@alluvium/contracts';
import type { Delta, DeltaDocument } from '@alluvium/vector-store';

/** One state of a document, among those that it goes through. */
export interface DocumentState {
  collection: string;
  number: number;
  fence: number;
  sequence: number;
  deleted: boolean;
  dims: number;
  /** ISO 8601. */
  modified?: string;
}

const vectorOf = (text: string, dims: number): Float32Array =>
  Float32Array.from(
    { length: dims },
    (_, index) => parseInt(sha256Hex(`${text}${index}`).slice(0, 6), 16) - 8e6,
  );

/**
 * A document with up to three chunks. Its content follows from its number and its revision, so that any two states of it agree or
 * differ as a whole.
 */
export const plannedDocument = (state: DocumentState): DeltaDocument => {
  const { collection, number, fence, sequence, deleted, dims, modified } = state;
  const entityId = `${collection}-${number}`;
  const name = `${entityId}.${fence}.${sequence}`;
  const chunks = Array.from({ length: deleted ? 0 : (number + sequence) % 4 }, (_, ordinal) => {
    const text = `silt ${name} part ${ordinal}`;
    const place = { ordinal, start: 0, end: text.length };
    return { chunkId: `${name}.${ordinal}`, text, ...place, vector: vectorOf(text, dims) };
  });
  return {
    documentId: `files/page#${entityId}`,
    entity: 'page',
    entityId,
    source: 'files',
    title: `Page ${entityId}`,
    ...(modified !== undefined && { modified }),
    attributes: { sequence },
    revision: { fence, sequence, contentHash: sha256Hex(`${name} ${deleted}`) },
    deleted,
    chunks,
  };
};

const shortened = (document: DeltaDocument): DeltaDocument => ({
  ...document,
  chunks: document.chunks.map((chunk) => ({ ...chunk, vector: chunk.vector.slice(1) })),
});

/** A delta that is not what it should be: of another model, of other dimensions, or of another name. */
export const spoiledDelta = (delta: Delta, fault: string | undefined): Delta => {
  const { dims } = delta.model;
  if (fault === 'model') return { ...delta, model: { id: 'other@ba9876543210', dims } };
  if (fault === 'dimensions')
    return {
      ...delta,
      model: { ...delta.model, dims: dims - 1 },
      documents: delta.documents.map(shortened),
    };
  return fault === 'identity' ? { ...delta, deltaId: hashId([delta.deltaId, 'another']) } : delta;
};
