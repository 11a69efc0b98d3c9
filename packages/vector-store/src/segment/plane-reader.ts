import type { ByteRange } from '../store/object-store.ts';

/** A plane on its way into a segment. */
export interface Plane {
  name: string;
  bytes: Uint8Array;
}

/** One segment as one search reads it: plane by plane, every request on the meter of that search. */
export interface PlaneReader {
  /** A whole plane, its checksum verified; empty when the segment has none of that name. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
  whole(plane: string): Promise<Uint8Array>;
  /**
   * Ranges within a plane, counted from its first byte; close ones are joined to one request. Lengths are checked, content is not:
   * what is read this way carries a checksum of its own. Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
   */
  ranges(plane: string, ranges: readonly ByteRange[]): Promise<Uint8Array[]>;
  sizeOf(plane: string): number;
  /** The error for content that a checksum or a bound refutes; `offset` counts from the first byte of the plane. */
  corrupt(plane: string, offset: number, what: string): Error;
}
