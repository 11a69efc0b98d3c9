import type { DerivedDocumentV1, RawRecordV1, RejectV1 } from '@alluvium/contracts';
import { deriveRecord, rejectOf, type RecordContext } from './derive-record.ts';

/** Everything that a part's raw records give; the same records always give the same. */
export interface DerivedPart {
  documents: DerivedDocumentV1[];
  rejects: RejectV1[];
}

/** Derives a part. Of records with one document id the last wins, and the others are told as rejects. */
export const deriveRecords = (records: RawRecordV1[], context: RecordContext): DerivedPart => {
  const last = new Map<string, { document: DerivedDocumentV1; path: string }>();
  const rejects: RejectV1[] = [];
  for (const record of records) {
    const derivation = deriveRecord(record, context);
    if ('reject' in derivation) {
      rejects.push(derivation.reject);
      continue;
    }
    const { documentId } = derivation.document;
    const earlier = last.get(documentId);
    if (earlier !== undefined) {
      const reason = `is replaced by ${record.path}, which has the same id ${documentId}`;
      rejects.push(rejectOf(earlier.path, 'DUPLICATE_ID', reason));
    }
    last.set(documentId, { document: derivation.document, path: record.path });
  }
  return { documents: [...last.values()].map(({ document }) => document), rejects };
};
