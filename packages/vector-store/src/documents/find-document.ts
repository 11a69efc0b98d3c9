import { readDocuments } from '../segment/read-documents.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { segmentsOf, type TailTarget } from '../tail/search-tail.ts';
import { foundDocument, type DocumentSource, type FoundDocument } from './found-document.ts';

/** A document, and what it was read from. */
export interface DocumentLookup extends DocumentSource {
  /** Undefined of one that is not there, or deleted. */
  document?: FoundDocument;
}

/** Finds a document of a snapshot and its tail by documentId. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
export const findDocument = async (
  { snapshot, deltas }: TailTarget,
  documentId: string,
): Promise<DocumentLookup> => {
  const [view, description] = [snapshot?.view, snapshot?.describe()];
  const read: ReadMeter = { requests: 0, bytes: 0 };
  const segments = await segmentsOf(view, deltas, read);
  const documents = new Map([[documentId, true]]);
  const found = await Promise.all(
    segments.map((segment) => readDocuments(segment, { documents, dead: false }, read)),
  );
  // Of one that several segments have, all but one are dead.
  const living = found.flat().find(({ record }) => !record.deleted);
  return {
    ...(living && { document: foundDocument(living) }),
    ...(description && { snapshot: description }),
    read,
  };
};
