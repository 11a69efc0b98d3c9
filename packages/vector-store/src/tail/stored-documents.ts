import { uint32sOf } from '../bytes/typed-bytes.ts';
import type { Revision } from '../delta/delta.ts';
import { findDocuments } from '../segment/document-keys.ts';
import { parseRecord, splitRecords } from '../segment/payload-records.ts';
import type { DocumentRecord } from '../segment/segment-format.ts';
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
  const ordinals = findDocuments(await segment.whole('documentKeys', meter), documents.keys());
  if (ordinals.length === 0) return [];
  const offsets = uint32sOf(await segment.whole('documentOffsets', meter));
  const ranges = ordinals.map((ordinal) => ({
    start: offsets[ordinal] ?? 0,
    end: offsets[ordinal + 1] ?? 0,
  }));
  const payloads = await segment.ranges('payload', ranges, meter);
  return ordinals.flatMap((ordinal, index) => {
    const [first, ...chunks] = splitRecords(payloads[index] ?? new Uint8Array()) ?? [];
    if (!first)
      throw segment.corrupt('payload', ranges[index]?.start ?? 0, 'the checksum of a record does not match');
    const { documentId, revision, deleted } = parseRecord(first) as DocumentRecord;
    return documents.has(documentId)
      ? [{ documentId, ordinal, revision, deleted, chunks: chunks.length }]
      : [];
  });
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
