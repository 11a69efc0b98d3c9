import { compareRevisions, type DeltaDocument } from './delta.ts';

/** What decides which of two states of a document stands. */
export type Ranked = Pick<DeltaDocument, 'revision' | 'deleted'>;

/**
 * Which of two states of a document stands: the greatest revision; at equal revisions the deletion, then the one
 * that is there already. Total, so that folding is commutative, associative and idempotent.
 */
export const supersedes = (candidate: Ranked, present: Ranked): boolean =>
  (compareRevisions(candidate.revision, present.revision) ||
    Number(candidate.deleted) - Number(present.deleted)) > 0;

/** The standing state of each document, by documentId. */
export const foldDocuments = (
  documents: Iterable<DeltaDocument>,
  into = new Map<string, DeltaDocument>(),
): Map<string, DeltaDocument> => {
  for (const document of documents) {
    const present = into.get(document.documentId);
    if (!present || supersedes(document, present)) into.set(document.documentId, document);
  }
  return into;
};
