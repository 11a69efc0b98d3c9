import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryObjectStore, openSnapshot, residentCache, type Snapshot } from '../../src/index.ts';
import type { SegmentReader } from '../../src/segment/segment-reader.ts';
import { committed } from '../publisher.ts';
import { CLUSTERED_PATH, clusteredDelta, clusteredVectors } from '../recall/clustered.ts';

const store = memoryObjectStore();
let snapshot: Snapshot;
let segment: SegmentReader;
const meter = () => ({ requests: 0, bytes: 0 });

beforeAll(async () => {
  await committed(store, [clusteredDelta(30_000)], { indexPath: CLUSTERED_PATH });
  snapshot = (await openSnapshot(store, CLUSTERED_PATH, {
    cache: residentCache({ memoryBytes: 0 }),
  })) as Snapshot;
  segment = snapshot.view.segments[0] as SegmentReader;
});

describe('the ranges of a plane', () => {
  it('are those of the whole plane', async () => {
    const whole = await segment.whole('documentKeys', meter());
    const ranges = [
      { start: 8, end: 16 },
      { start: 0, end: 3 },
      { start: whole.length - 1, end: whole.length },
      { start: 5, end: 5 },
    ];
    const parts = await segment.ranges('documentKeys', ranges, meter());
    parts.forEach((part, index) => {
      expect(Buffer.from(part)).toEqual(
        Buffer.from(whole.subarray(ranges[index]?.start, ranges[index]?.end)),
      );
    });
  });

  it.each([
    [{ start: 0, end: 600 * 8 + 1 }],
    [{ start: 600 * 8 + 1, end: 600 * 8 + 1 }],
    [{ start: 5, end: 4 }],
  ])('are refused outside of it: %j', async (range) => {
    await expect(segment.ranges('documentKeys', [range], meter())).rejects.toMatchObject({
      code: 'SEGMENT_CORRUPT',
      details: { plane: 'documentKeys' },
    });
  });
});

describe('a filter that few rows of a large segment pass', () => {
  it('costs no read of all rows, and loses none of them', async () => {
    const next = clusteredVectors(3);
    for (const id of ['7', '311', '599']) {
      const { hits, matched, read, plan } = await snapshot.search({
        ...{ vector: next(), k: 50, mode: 'dense', recall: 0.95, filters: { id } },
      });
      expect(plan?.segments.map(({ way }) => way)).toEqual(['rows']);
      expect(matched).toBe(50);
      expect(new Set(hits.map(({ entityId }) => entityId))).toEqual(new Set([id]));
      expect(hits).toHaveLength(50);
      expect(plan?.rowsScored).toBe(50);
      // Small rows that lie close are read with what is between them, which costs less than a request each.
      expect(read.bytes).toBeLessThan(0.8 * segment.sizeOf('rows'));
    }
  });
});
