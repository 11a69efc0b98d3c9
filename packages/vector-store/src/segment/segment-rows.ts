import type { ReadMeter } from '../store/range-reads.ts';
import type { CodeSpace } from '../kernel/binary-codes.ts';
import { openClusters, type ClusterPlane } from './cluster-plane.ts';
import { codePlaneBytes, codeSpaceOf } from './code-plane.ts';
import { RowRecords, rowStride } from './row-records.ts';
import type { SegmentReader } from './segment-reader.ts';

/** Codes of all rows of a segment. */
export interface SegmentCodes {
  blocks: Uint8Array;
  space: CodeSpace;
}

/** Some rows of a segment: record i is that of row `rows[i]`. */
export interface ChosenRows {
  rows: Uint32Array;
  records: RowRecords;
}

/** Errors of all readers here: OBJECT_MISSING, SEGMENT_CORRUPT. */
export const readClusters = (segment: SegmentReader, meter: ReadMeter): Promise<ClusterPlane> =>
  segment.opened(['clusters'], meter, (bytes = new Uint8Array()) => {
    const plane = openClusters(bytes, segment);
    if (plane) return plane;
    throw segment.corrupt('clusters', 0, 'its parts do not fit to each other');
  });

/** All 1-bit codes. */
export const readCodes = async (segment: SegmentReader, meter: ReadMeter): Promise<SegmentCodes> => {
  const [{ mean }, blocks] = await Promise.all([readClusters(segment, meter), segment.whole('codes', meter)]);
  const space = codeSpaceOf(mean);
  const expected = codePlaneBytes(segment.rows, space);
  if (blocks.length === expected) return { blocks, space };
  throw segment.corrupt('codes', blocks.length, `it has ${blocks.length} bytes instead of ${expected}`);
};

/** All rows. */
export const readAllRows = (segment: SegmentReader, meter: ReadMeter): Promise<RowRecords> =>
  segment.opened(['rows'], meter, (bytes = new Uint8Array()) => {
    const expected = segment.rows * rowStride(segment.dims);
    if (bytes.length === expected) return new RowRecords(bytes, segment.dims);
    throw segment.corrupt('rows', bytes.length, `it has ${bytes.length} bytes instead of ${expected}`);
  });

const spread = (ranges: readonly (readonly [first: number, end: number])[]): Uint32Array => {
  const rows = new Uint32Array(ranges.reduce((sum, [first, end]) => sum + end - first, 0));
  let at = 0;
  for (const [first, end] of ranges) for (let row = first; row < end; row += 1) rows[at++] = row;
  return rows;
};

/** The rows of some ranges (`end` exclusive), each checked by its own checksum. */
export const readRowRanges = async (
  segment: SegmentReader,
  ranges: readonly (readonly [first: number, end: number])[],
  meter: ReadMeter,
): Promise<ChosenRows> => {
  const { dims } = segment;
  const stride = rowStride(dims);
  const rows = spread(ranges);
  const parts = await segment.ranges(
    'rows',
    ranges.map(([first, end]) => ({ start: first * stride, end: end * stride })),
    meter,
  );
  const bytes = new Uint8Array(rows.length * stride);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const records = new RowRecords(bytes, dims);
  if (!segment.holds('rows'))
    rows.forEach((row, index) => {
      if (!records.isIntact(index))
        throw segment.corrupt('rows', row * stride, `the checksum of row ${row} does not match`);
    });
  return { rows, records };
};
