import { assertPlane, type PlaneRange } from '../bytes/container.ts';
import type { PlaneCache } from '../cache/plane-cache.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import type { ByteRange, ObjectStore } from '../store/object-store.ts';
import { readLargeRange, readRanges, type ReadMeter } from '../store/range-reads.ts';
import { corruptObject } from '../store/store-errors.ts';
import { markDocuments, unpackOrdinals } from './dead-documents.ts';
import type { PlaneReader } from './plane-reader.ts';
import { ordinalsOf, SEGMENT_FORMAT, type SegmentDescriptor } from './segment-format.ts';

/** Planes that the kernel scans: in memory of its own it does so without a copy. */
const SCANNED = new Set(['codes', 'rows']);

/** Where segments lie, and what of them is already here. */
export interface SegmentSource {
  store: ObjectStore;
  cache: PlaneCache;
  dims: number;
}

/** One segment in the store, read plane by plane. What is read whole goes into the cache. */
export class SegmentReader {
  readonly descriptor: SegmentDescriptor;
  readonly dims: number;
  readonly #source: SegmentSource;
  readonly #planes: Map<string, PlaneRange>;
  // What planes say, parsed once; goes with the bytes when the cache drops them.
  readonly #opened = new WeakMap<Uint8Array, Promise<unknown>>();

  constructor(source: SegmentSource, descriptor: SegmentDescriptor) {
    this.#source = source;
    this.dims = source.dims;
    this.descriptor = descriptor;
    this.#planes = new Map(descriptor.planes.map((range) => [range.name, range]));
  }

  /** Rows, dead ones included. */
  get rows(): number {
    return this.descriptor.chunks;
  }

  /** The same segment with another list of the dead: what is here of it stays. */
  describedBy(descriptor: SegmentDescriptor): SegmentReader {
    return new SegmentReader(this.#source, descriptor);
  }

  /** The same segment, with nothing here of it but what `cache` holds. */
  withCache(cache: PlaneCache): SegmentReader {
    return new SegmentReader({ ...this.#source, cache }, this.descriptor);
  }

  /** A byte a document, 1 when it is dead; undefined when none is. Error: SEGMENT_CORRUPT. */
  deadDocuments(): Uint8Array | undefined {
    const documents = ordinalsOf(this.descriptor);
    const ordinals = unpackOrdinals(this.descriptor.dead?.ordinals ?? '', documents);
    if (ordinals) return markDocuments(ordinals, documents);
    throw this.corrupt('documentOffsets', 0, `the manifest names dead documents past its ${documents}`);
  }

  sizeOf(plane: string): number {
    const range = this.#planes.get(plane);
    return range ? range.end - range.start : 0;
  }

  /** Whether reading the plane costs no request. */
  holds(plane: string): boolean {
    return this.sizeOf(plane) === 0 || this.#source.cache.holds(this.#keyOf(plane));
  }

  /** This segment for one search. */
  reader(meter: ReadMeter): PlaneReader {
    return {
      whole: (plane) => this.whole(plane, meter),
      ranges: (plane, ranges) => this.ranges(plane, ranges, meter),
      sizeOf: (plane) => this.sizeOf(plane),
      corrupt: (plane, offset, what) => this.corrupt(plane, offset, what),
    };
  }

  corrupt(plane: string, offset: number, what: string): Error {
    const { key } = this.descriptor;
    const at = (this.#planes.get(plane)?.start ?? 0) + offset;
    return corruptObject('SEGMENT_CORRUPT', `${key} is corrupt in plane ${plane} at byte ${at}: ${what}`, {
      key,
      plane,
      offset: at,
    });
  }

  /** See PlaneReader. */
  async whole(plane: string, meter: ReadMeter): Promise<Uint8Array> {
    const range = this.#planes.get(plane);
    if (!range || range.start === range.end) return new Uint8Array();
    const { store, cache } = this.#source;
    const allocate = SCANNED.has(plane) ? vectorKernel().allocate : undefined;
    const read = async (room?: (sizeBytes: number) => Uint8Array): Promise<Uint8Array> => {
      const bytes = await readLargeRange({ store, key: this.descriptor.key }, range, meter, room);
      assertPlane(SEGMENT_FORMAT, range, bytes);
      return bytes;
    };
    const { bytes } = await cache.load(this.#keyOf(plane), range.end - range.start, read, allocate);
    return bytes;
  }

  /**
   * What whole planes say, read side by side. It is parsed once for as long as the first of them stays; then the others are not read
   * again.
   */
  async opened<T>(
    planes: readonly [string, ...string[]],
    meter: ReadMeter,
    open: (...bytes: Uint8Array[]) => T | Promise<T>,
  ): Promise<T> {
    const resident = this.#source.cache.get(this.#keyOf(planes[0]));
    const known = (resident && this.#opened.get(resident)) as Promise<T> | undefined;
    if (known) return known;
    const bytes = await Promise.all(planes.map((plane) => this.whole(plane, meter)));
    const [first = new Uint8Array()] = bytes;
    const begun = this.#opened.get(first) as Promise<T> | undefined;
    if (begun) return begun;
    const opening = Promise.resolve(open(...bytes));
    this.#opened.set(first, opening);
    opening.catch(() => this.#opened.delete(first));
    return opening;
  }

  /** See PlaneReader. */
  async ranges(plane: string, ranges: readonly ByteRange[], meter: ReadMeter): Promise<Uint8Array[]> {
    const size = this.sizeOf(plane);
    const wrong = ranges.find(({ start, end }) => start > end || end > size);
    if (wrong) throw this.corrupt(plane, wrong.start, `bytes up to ${wrong.end} are named, it has ${size}`);
    const { store, cache } = this.#source;
    const resident = cache.get(this.#keyOf(plane));
    if (resident) return ranges.map(({ start, end }) => resident.subarray(start, end));
    const base = this.#planes.get(plane)?.start ?? 0;
    const placed = ranges.map(({ start, end }) => ({ start: base + start, end: base + end }));
    const found = await readRanges({ store, key: this.descriptor.key }, placed, meter);
    found.forEach((bytes, index) => {
      const { start, end } = ranges[index] as ByteRange;
      if (bytes.length !== end - start)
        throw this.corrupt(plane, start, `the object ends before byte ${end}`);
    });
    return found;
  }

  #keyOf(plane: string): string {
    return `${this.descriptor.key}#${plane}`;
  }
}
