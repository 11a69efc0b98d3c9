import { residentCache } from '../cache/plane-cache.ts';
import { uint32sOf } from '../bytes/typed-bytes.ts';
import { parseRecord, splitRecords } from '../segment/payload-records.ts';
import { chunkIdOf } from '../segment/segment-contents.ts';
import type { DocumentRecord, SegmentDescriptor } from '../segment/segment-format.ts';
import { SegmentReader } from '../segment/segment-reader.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** A document as it lies in a segment, without its vectors. */
export interface StoredRecord {
  ordinal: number;
  record: DocumentRecord;
  chunkIds: string[];
}

/** Neighbours are read together; so many documents at a time stay in memory. */
const RECORDS_AT_ONCE = 2_000;

/** A segment of which nothing stays in memory. */
export const readerOf = (store: ObjectStore, dims: number, descriptor: SegmentDescriptor): SegmentReader =>
  new SegmentReader({ store, dims, cache: residentCache({ memoryBytes: 0 }) }, descriptor);

/**
 * The documents of some ordinals, dead or not; reads neither vectors nor words. Errors: OBJECT_MISSING, SEGMENT_CORRUPT,
 * STORE_UNAVAILABLE.
 */
export const readRecords = async function* (
  segment: SegmentReader,
  ordinals: readonly number[],
): AsyncGenerator<StoredRecord> {
  if (ordinals.length === 0) return;
  const meter = { requests: 0, bytes: 0 };
  const offsets = uint32sOf(await segment.whole('documentOffsets', meter));
  for (let from = 0; from < ordinals.length; from += RECORDS_AT_ONCE) {
    const some = ordinals.slice(from, from + RECORDS_AT_ONCE);
    const ranges = some.map((ordinal) => ({ start: offsets[ordinal] ?? 0, end: offsets[ordinal + 1] ?? 0 }));
    const payloads = await segment.ranges('payload', ranges, meter);
    for (const [index, ordinal] of some.entries()) {
      const [first, ...chunks] = splitRecords(payloads[index] ?? new Uint8Array()) ?? [];
      if (!first)
        throw segment.corrupt(
          'payload',
          ranges[index]?.start ?? 0,
          'the checksum of a record does not match',
        );
      yield { ordinal, record: parseRecord(first) as DocumentRecord, chunkIds: chunks.map(chunkIdOf) };
    }
  }
};
