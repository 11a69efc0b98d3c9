import type { Revision } from '../delta/delta.ts';
import { readDocuments } from '../segment/read-documents.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { TailDelta } from './tail-delta.ts';

/** The state of a document in a segment of the snapshot. */
export interface StoredDocument {
  documentId: string;
  ordinal: number;
  revision: Revision;
  deleted: boolean;
  chunks: number;
}

const findStored = async (
  segment: SegmentReader,
  { documents }: TailDelta,
  meter: ReadMeter,
): Promise<StoredDocument[]> => {
  const found = await readDocuments(segment, { documents, dead: true }, meter);
  return found.map(({ ordinal, record: { documentId, revision, deleted }, chunks }) => ({
    ...{ documentId, ordinal, revision, deleted },
    chunks: chunks.length,
  }));
};

// A segment and a delta never change: what both have is found once, for as long as the delta is kept.
const found = new WeakMap<TailDelta, Map<string, Promise<StoredDocument[]>>>();

/**
 * Documents of a delta that a segment has too, dead ones included. Of new documents only the keys of the segment are read.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const storedDocuments = (
  segment: SegmentReader,
  delta: TailDelta,
  meter: ReadMeter,
): Promise<StoredDocument[]> => {
  const bySegment = found.get(delta) ?? new Map<string, Promise<StoredDocument[]>>();
  found.set(delta, bySegment);
  const { key } = segment.descriptor;
  const known = bySegment.get(key);
  if (known) return known;
  const finding = findStored(segment, delta, meter);
  bySegment.set(key, finding);
  // A failure is not remembered: the next search may find the store well again.
  finding.catch(() => bySegment.delete(key));
  return finding;
};
