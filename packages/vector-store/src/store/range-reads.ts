import { hasCode } from '@alluvium/contracts';
import { objectMissing } from './immutable-objects.ts';
import { readObject, type ByteRange, type ObjectStore } from './object-store.ts';
import { waitFor } from './read-waits.ts';
import { corruptObject } from './store-errors.ts';

/** What an answer cost. */
export interface ReadMeter {
  requests: number;
  bytes: number;
}

// One connection to S3 gives about 85 MB/s, so a large plane comes in parts; more sockets than this only queue.
const LEAST_PART_BYTES = 500_000;
const MOST_PART_BYTES = 8_000_000;
const PARTS = 16;
const MOST_CONCURRENT = 48;
// What lies between two ranges is read along when that is cheaper than one more request.
const GAPS_BYTES = [4_000, 16_000, 64_000, 256_000];
/** What a round of requests takes, what the client works for each, and what a megabyte takes over all connections, in ms. */
const ROUND_MS = 25;
const REQUEST_MS = 0.35;
const MEGABYTE_MS = 8;

export interface RangeSource {
  store: ObjectStore;
  key: string;
}

// `end` is that of all that will be asked for: an object that is shorter is refused by its first part.
const readRange = async (
  { store, key }: RangeSource,
  { range, end }: { range: ByteRange; end: number },
  meter: ReadMeter,
): Promise<Uint8Array> => {
  const tooShort = (at: number): Error =>
    corruptObject('OBJECT_CORRUPT', `${key} ends before byte ${at}`, { key, ...range });
  let object;
  try {
    object = await waitFor(meter, () => readObject(store, key, { range }));
  } catch (error) {
    if (!hasCode(error, 'RANGE_INVALID')) throw error;
    throw tooShort(range.start);
  }
  if (!object) throw objectMissing(key);
  if (object.sizeBytes < end) throw tooShort(end);
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
  const partBytes = Math.min(MOST_PART_BYTES, Math.max(LEAST_PART_BYTES, Math.ceil((end - start) / PARTS)));
  if (!allocate && end - start <= partBytes) return readRange(source, { range: { start, end }, end }, meter);
  const parts = Array.from({ length: Math.ceil((end - start) / partBytes) }, (_, index) => ({
    start: start + index * partBytes,
    end: Math.min(end, start + (index + 1) * partBytes),
  }));
  let whole: Uint8Array | undefined;
  await mapConcurrently(parts, async (range) => {
    const bytes = await readRange(source, { range, end }, meter);
    // Not before the object is known to be so large: sizes come from a manifest.
    whole ??= allocate?.(end - start) ?? new Uint8Array(end - start);
    whole.set(bytes.subarray(0, range.end - range.start), range.start - start);
  });
  return whole ?? new Uint8Array();
};

type JoinedRange = ByteRange & { serves: number[] };

/** Ranges at most `gapBytes` apart, joined; each remembers which of the asked ones it serves. */
const joinRanges = (
  ranges: readonly ByteRange[],
  order: readonly number[],
  gapBytes: number,
): JoinedRange[] => {
  const joined: JoinedRange[] = [];
  for (const index of order) {
    const { start, end } = ranges[index] as ByteRange;
    const last = joined.at(-1);
    if (last && start - last.end <= gapBytes && end - last.start <= LEAST_PART_BYTES) {
      last.end = Math.max(last.end, end);
      last.serves.push(index);
    } else joined.push({ start, end, serves: [index] });
  }
  return joined;
};

const costMs = (ranges: readonly JoinedRange[]): number => {
  const bytes = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const rounds = Math.ceil(ranges.length / MOST_CONCURRENT);
  return rounds * ROUND_MS + ranges.length * REQUEST_MS + (bytes / 1e6) * MEGABYTE_MS;
};

const planReads = (ranges: readonly ByteRange[]): JoinedRange[] => {
  const order = ranges.map((_, index) => index);
  order.sort((left, right) => (ranges[left]?.start ?? 0) - (ranges[right]?.start ?? 0));
  const plans = GAPS_BYTES.map((gapBytes) => joinRanges(ranges, order, gapBytes));
  return plans.reduce((best, plan) => (costMs(plan) < costMs(best) ? plan : best));
};

/** Reads many small ranges of one object with few requests. Errors: OBJECT_MISSING, OBJECT_CORRUPT. */
export const readRanges = async (
  source: RangeSource,
  ranges: readonly ByteRange[],
  meter: ReadMeter,
): Promise<Uint8Array[]> => {
  const results: Uint8Array[] = [];
  await mapConcurrently(planReads(ranges), async ({ start, end, serves }) => {
    const bytes = start === end ? new Uint8Array() : await readLargeRange(source, { start, end }, meter);
    for (const index of serves) {
      const range = ranges[index] as ByteRange;
      results[index] = bytes.subarray(range.start - start, range.end - start);
    }
  });
  return results;
};
