import { corruptObject } from '../../src/store/store-errors.ts';
import type { Plane, PlaneReader } from '../../src/segment/plane-reader.ts';

export interface MemoryPlanes extends PlaneReader {
  /** Every read, in order; `bytes` without what a real reader would read between close ranges. */
  readonly reads: { plane: string; ranges: number; bytes: number }[];
}

/** Planes in memory that answers like a segment, and counts what is read. */
export const memoryPlanes = (planes: readonly Plane[]): MemoryPlanes => {
  const bytesOf = (name: string) => planes.find((plane) => plane.name === name)?.bytes ?? new Uint8Array();
  const reads: MemoryPlanes['reads'] = [];
  const corrupt = (plane: string, offset: number, what: string) =>
    corruptObject('SEGMENT_CORRUPT', `plane ${plane} at byte ${offset}: ${what}`, { plane, offset });
  return {
    reads,
    corrupt,
    sizeOf: (plane) => bytesOf(plane).length,
    whole: async (plane) => {
      const bytes = bytesOf(plane);
      reads.push({ plane, ranges: 1, bytes: bytes.length });
      return bytes;
    },
    ranges: async (plane, ranges) => {
      const bytes = bytesOf(plane);
      const parts = ranges.map(({ start, end }) => bytes.subarray(start, end));
      if (parts.some(({ length }, index) => length !== ranges[index]!.end - ranges[index]!.start))
        throw corrupt(plane, bytes.length, 'it is too short');
      reads.push({
        plane,
        ranges: ranges.length,
        bytes: parts.reduce((sum, { length }) => sum + length, 0),
      });
      return parts;
    },
  };
};
