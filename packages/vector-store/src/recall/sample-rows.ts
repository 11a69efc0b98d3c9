import { dequantize } from '../delta/int8-rows.ts';
import { uint32sOf } from '../bytes/typed-bytes.ts';
import { mulberry32 } from '../kernel/mulberry32.ts';
import { openRecord, parseChunk } from '../segment/payload-records.ts';
import type { RowRecords } from '../segment/row-records.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import { readRowRanges } from '../segment/segment-rows.ts';
import type { ReadMeter } from '../store/range-reads.ts';

/** A vector to search by. */
export interface RecallQuery {
  /** Names it in the report. */
  name: string;
  vector: Float32Array;
  /** The chunk whose vector it is: it does not count as found. */
  own?: string;
}

// The rows of a segment that a search can find.
const livingRows = async (segment: SegmentReader, meter: ReadMeter): Promise<Uint32Array> => {
  const all = Uint32Array.from({ length: segment.rows }, (_, row) => row);
  const dead = segment.deadDocuments();
  if (!dead) return all;
  const documents = uint32sOf(await segment.whole('rowDocuments', meter));
  return all.filter((row) => dead[documents[row] ?? 0] !== 1);
};

// Knuth's selection sampling: every set of `wanted` rows is as likely, and they come in order.
const choose = (rows: readonly Uint32Array[], wanted: number, seed: number): number[][] => {
  const random = mulberry32(seed);
  let left = rows.reduce((sum, { length }) => sum + length, 0);
  let missing = Math.min(wanted, left);
  return rows.map((own) =>
    Array.from(own).filter(() => {
      const isChosen = (random() / 2 ** 32) * left < missing;
      left -= 1;
      if (isChosen) missing -= 1;
      return isChosen;
    }),
  );
};

const chunkIdsOf = async (
  segment: SegmentReader,
  records: RowRecords,
  meter: ReadMeter,
): Promise<string[]> => {
  const ranges = Array.from({ length: records.length }, (_, index) => {
    const { chunkOffset, chunkLength } = records.place(index);
    return { start: chunkOffset, end: chunkOffset + chunkLength };
  });
  const payloads = await segment.ranges('payload', ranges, meter);
  return payloads.map((bytes, index) => {
    const refuse = (what: string): Error => segment.corrupt('payload', ranges[index]?.start ?? 0, what);
    const json = openRecord(bytes);
    if (json) return parseChunk(json, refuse)[0];
    throw refuse('the checksum of a record does not match');
  });
};

const queriesOf = async (
  segment: SegmentReader,
  rows: readonly number[],
  meter: ReadMeter,
): Promise<RecallQuery[]> => {
  if (rows.length === 0) return [];
  const { dims } = segment;
  const { records } = await readRowRanges(
    segment,
    rows.map((row) => [row, row + 1] as const),
    meter,
  );
  const chunkIds = await chunkIdsOf(segment, records, meter);
  return chunkIds.map((own, index) => {
    const at = index * records.stride;
    const vector = new Float32Array(dims);
    dequantize(records.components.subarray(at, at + dims), records.scales[index] ?? 0, vector);
    return { name: own, vector, own };
  });
};

/**
 * Vectors of chunks chosen by chance, each as likely as any other that a search can find; the same seed chooses the same ones.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const sampleRows = async (
  segments: readonly SegmentReader[],
  samples: number,
  seed: number,
): Promise<RecallQuery[]> => {
  const meter: ReadMeter = { requests: 0, bytes: 0 };
  const living: Uint32Array[] = [];
  for (const segment of segments) living.push(await livingRows(segment, meter));
  const chosen = choose(living, samples, seed);
  const queries: RecallQuery[] = [];
  for (const [index, segment] of segments.entries())
    queries.push(...(await queriesOf(segment, chosen[index] ?? [], meter)));
  return queries;
};
