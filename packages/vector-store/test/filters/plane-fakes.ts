import { corruptObject } from '../../src/store/store-errors.ts';
import type { Plane, PlaneReader } from '../../src/segment/plane-reader.ts';

/** Planes in memory, and a record of what was read of them. */
export interface RecordingReader extends PlaneReader {
  reads: string[];
  bytesRead: number;
}

export const planesReader = (planes: readonly Plane[]): RecordingReader => {
  const bytesOfPlane = (name: string): Uint8Array =>
    planes.find((plane) => plane.name === name)?.bytes ?? new Uint8Array();
  const corrupt = (plane: string, offset: number, what: string): Error =>
    corruptObject('SEGMENT_CORRUPT', `plane ${plane} at byte ${offset}: ${what}`, { plane, offset });
  const reader: RecordingReader = {
    reads: [],
    bytesRead: 0,
    whole: async (name) => {
      const bytes = bytesOfPlane(name);
      reader.reads.push(name);
      reader.bytesRead += bytes.length;
      return bytes;
    },
    ranges: async (name, ranges) => {
      const plane = bytesOfPlane(name);
      return ranges.map(({ start, end }) => {
        if (start > end || end > plane.length) throw corrupt(name, start, 'no such range');
        reader.reads.push(name);
        reader.bytesRead += end - start;
        return plane.subarray(start, end);
      });
    },
    sizeOf: (name) => bytesOfPlane(name).length,
    corrupt,
  };
  return reader;
};
