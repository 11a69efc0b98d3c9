import { hasCode } from '@alluvium/contracts';
import { objectMissing } from './immutable-objects.ts';
import { readObject, type ByteRange, type ObjectStore } from './object-store.ts';
import { corruptObject } from './store-errors.ts';

/** What an answer cost. */
export interface ReadMeter {
  requests: number;
  bytes: number;
}

// One connection to S3 gives about 85 MB/s, so a large plane comes in parts; more sockets than this only queue.
const PART_BYTES = 8_000_000;
const MOST_CONCURRENT = 16;
// A request costs more than reading this much too much.
const WORTHWHILE_GAP_BYTES = 64_000;

export interface RangeSource {
  store: ObjectStore;
  key: string;
}

const readRange = async (
  { store, key }: RangeSource,
  range: ByteRange,
  meter: ReadMeter,
): Promise<Uint8Array> => {
  let object;
  try {
    object = await readObject(store, key, { range });
  } catch (error) {
    if (!hasCode(error, 'RANGE_INVALID')) throw error;
    throw corruptObject('OBJECT_CORRUPT', `${key} ends before byte ${range.start}`, { key, ...range });
  }
  if (!object) throw objectMissing(key);
  meter.requests += 1;
  meter.bytes += object.body.length;
  return object.body;
};

/** Maps with at most `MOST_CONCURRENT` calls under way; results keep the order of `items`. */
const mapConcurrently = async <T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await map(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_CONCURRENT, items.length) }, lane));
  return results;
};

/**
 * Reads one range, in parallel parts when it is large, into what `allocate` gives when there is one.
 * Errors: OBJECT_MISSING, OBJECT_CORRUPT.
 */
export const readLargeRange = async (
  source: RangeSource,
  { start, end }: ByteRange,
  meter: ReadMeter,
  allocate?: (sizeBytes: number) => Uint8Array,
): Promise<Uint8Array> => {
  if (start === end) return new Uint8Array();
  if (!allocate && end - start <= PART_BYTES) return readRange(source, { start, end }, meter);
  const whole = allocate?.(end - start) ?? new Uint8Array(end - start);
  const parts = Array.from({ length: Math.ceil((end - start) / PART_BYTES) }, (_, index) => ({
    start: start + index * PART_BYTES,
    end: Math.min(end, start + (index + 1) * PART_BYTES),
  }));
  await mapConcurrently(parts, async (part) => {
    const bytes = await readRange(source, part, meter);
    whole.set(bytes.subarray(0, part.end - part.start), part.start - start);
  });
  return whole;
};

/** Ranges close to each other, joined; each remembers which of the asked ones it serves. */
const joinRanges = (ranges: readonly ByteRange[]): (ByteRange & { serves: number[] })[] => {
  const order = ranges.map((_, index) => index);
  order.sort((left, right) => (ranges[left]?.start ?? 0) - (ranges[right]?.start ?? 0));
  const joined: (ByteRange & { serves: number[] })[] = [];
  for (const index of order) {
    const { start, end } = ranges[index] as ByteRange;
    const last = joined.at(-1);
    if (last && start - last.end <= WORTHWHILE_GAP_BYTES && end - last.start <= PART_BYTES) {
      last.end = Math.max(last.end, end);
      last.serves.push(index);
    } else joined.push({ start, end, serves: [index] });
  }
  return joined;
};

/** Reads many small ranges of one object with few requests. Errors: OBJECT_MISSING, OBJECT_CORRUPT. */
export const readRanges = async (
  source: RangeSource,
  ranges: readonly ByteRange[],
  meter: ReadMeter,
): Promise<Uint8Array[]> => {
  const results: Uint8Array[] = [];
  await mapConcurrently(joinRanges(ranges), async ({ start, end, serves }) => {
    const bytes = start === end ? new Uint8Array() : await readLargeRange(source, { start, end }, meter);
    for (const index of serves) {
      const range = ranges[index] as ByteRange;
      results[index] = bytes.subarray(range.start - start, range.end - start);
    }
  });
  return results;
};
