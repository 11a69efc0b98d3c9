import type { DeltaDocument } from '../delta/delta.ts';
import { supersedes } from '../delta/fold.ts';
import { readDocuments } from '../segment/read-documents.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { Snapshot } from './snapshot.ts';

/** What is known of a document without its chunks. */
export type KnownDocument = Omit<DeltaDocument, 'chunks'>;

/**
 * The living state of documents in a snapshot, tombstones included; those that it does not have are left out. Reads the keys of all
 * documents once and the records of the found ones. Errors: OBJECT_MISSING, SEGMENT_CORRUPT, STORE_UNAVAILABLE.
 */
export const findDocuments = async (
  snapshot: Snapshot,
  documentIds: readonly string[],
): Promise<Map<string, KnownDocument>> => {
  const meter: ReadMeter = { requests: 0, bytes: 0 };
  const documents = new Map(documentIds.map((id) => [id, id]));
  const found = new Map<string, KnownDocument>();
  for (const segment of snapshot.view.segments) {
    for (const { record } of await readDocuments(segment, { documents, dead: false }, meter)) {
      const known = found.get(record.documentId);
      if (known === undefined || supersedes(record, known)) found.set(record.documentId, record);
    }
  }
  return found;
};
