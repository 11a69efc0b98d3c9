import { PipelineError, type ChunkedDocumentV1 } from '@alluvium/contracts';
import type { DeltaDocument } from '@alluvium/vector-store';
import { passageOf } from './passage.ts';

/** The texts to embed, in the order of documents and chunks. */
export const passagesOf = (documents: readonly ChunkedDocumentV1[]): string[] =>
  documents.flatMap(({ title, chunks }) => chunks.map((chunk) => passageOf({ title, ...chunk })));

/**
 * Documents with their chunks' vectors; deleted ones stay, as they take away what the index holds.
 * Error: VECTOR_COUNT_WRONG when there is not exactly one vector for each of {@link passagesOf}.
 */
export const deltaDocuments = (
  documents: readonly ChunkedDocumentV1[],
  vectors: readonly Float32Array[],
): DeltaDocument[] => {
  const expected = documents.reduce((sum, { chunks }) => sum + chunks.length, 0);
  const remaining = vectors.values();
  const next = (): Float32Array => {
    const { value } = remaining.next();
    if (value !== undefined && vectors.length === expected) return value;
    throw new PipelineError(`The model gave ${vectors.length} vectors for ${expected} passages`, {
      code: 'VECTOR_COUNT_WRONG',
      kind: 'internal',
      details: { expected, vectors: vectors.length },
    });
  };
  return documents.map(({ chunks, ...document }) => ({
    ...document,
    chunks: chunks.map((chunk) => ({ ...chunk, vector: next() })),
  }));
};
