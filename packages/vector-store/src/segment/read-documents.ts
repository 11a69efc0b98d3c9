import { uint32sOf } from '../bytes/typed-bytes.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { findDocuments } from './document-keys.ts';
import { parseDocument, splitRecords } from './payload-records.ts';
import type { DocumentRecord } from './segment-format.ts';
import type { SegmentReader } from './segment-reader.ts';

/** A document as a segment stores it; `chunks` are the bytes of their records. */
export interface SegmentDocument {
  ordinal: number;
  record: DocumentRecord;
  chunks: readonly Uint8Array[];
}

/** Which documents are looked for. */
export interface WantedDocuments {
  /** By documentId. */
  documents: ReadonlyMap<string, unknown>;
  /** Whether the documents that are dead in this segment count as well. */
  dead: boolean;
}

/** The documents at the given ordinals, in their order; when there are none, nothing is read. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
export const readOrdinals = async (
  segment: SegmentReader,
  ordinals: readonly number[],
  meter: ReadMeter,
): Promise<SegmentDocument[]> => {
  if (ordinals.length === 0) return [];
  const offsets = uint32sOf(await segment.whole('documentOffsets', meter));
  const ranges = ordinals.map((ordinal) => ({
    start: offsets[ordinal] ?? 0,
    end: offsets[ordinal + 1] ?? 0,
  }));
  const payloads = await segment.ranges('payload', ranges, meter);
  return ordinals.map((ordinal, index) => {
    const [first, ...chunks] = splitRecords(payloads[index] ?? new Uint8Array()) ?? [];
    const refuse = (what: string): Error => segment.corrupt('payload', ranges[index]?.start ?? 0, what);
    if (!first) throw refuse('the checksum of a record does not match');
    return { ordinal, record: parseDocument(first, refuse), chunks };
  });
};

/**
 * Documents that a segment has: keys are read for all, records of these alone; when there are none, keys are all that is read.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const readDocuments = async (
  segment: SegmentReader,
  { documents, dead: takesDead }: WantedDocuments,
  meter: ReadMeter,
): Promise<SegmentDocument[]> => {
  const dead = takesDead ? undefined : segment.deadDocuments();
  const keys = await segment.whole('documentKeys', meter);
  const ordinals = findDocuments(keys, documents.keys()).filter((ordinal) => dead?.[ordinal] !== 1);
  const found = await readOrdinals(segment, ordinals, meter);
  return found.filter(({ record }) => documents.has(record.documentId));
};
