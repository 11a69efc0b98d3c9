import { describe, expect, it } from '@jest/globals';
import { chooseMerge } from '../../src/publish/choose-merge.ts';
import type { SegmentDescriptor } from '../../src/segment/segment-format.ts';

const LARGEST = 150_000_000;

const segmentOf = (
  name: number,
  sizeBytes: number,
  rest: Partial<SegmentDescriptor> = {},
): SegmentDescriptor => ({
  key: `segment ${name}`,
  sizeBytes,
  sha256: '',
  documents: 100,
  chunks: 100,
  tombstones: 0,
  terms: 0,
  planes: [],
  statistics: { complete: false },
  ...rest,
});

/** Publishes of some bytes each: the segments in the end, and how many bytes were written for each that came. */
const publishAll = (
  sizes: readonly number[],
): { most: number; segments: number[]; writtenPerByte: number } => {
  let segments: SegmentDescriptor[] = [];
  let [most, written] = [0, 0];
  sizes.forEach((sizeBytes, name) => {
    const fresh = segmentOf(name, sizeBytes);
    const chosen = chooseMerge([...segments, fresh], LARGEST);
    const merged = chosen.reduce((sum, one) => sum + one.sizeBytes, 0);
    const alone = chosen.includes(fresh) ? [] : [fresh];
    const together = merged > 0 ? [segmentOf(name + 10_000, merged)] : [];
    written += merged + (alone.length > 0 ? sizeBytes : 0);
    segments = [...segments.filter((one) => !chosen.includes(one)), ...together, ...alone];
    most = Math.max(most, segments.length);
  });
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return { most, segments: segments.map(({ sizeBytes }) => sizeBytes), writtenPerByte: written / total };
};

describe('the choice of a merge', () => {
  it('keeps few segments and writes every byte a few times over 200 small publishes', () => {
    const { most, segments, writtenPerByte } = publishAll(new Array<number>(200).fill(300_000));
    expect(segments.reduce((sum, size) => sum + size, 0)).toBe(60_000_000);
    // Four tiers lie between 1 MB and 60 MB, three segments each.
    expect(most).toBeLessThanOrEqual(15);
    // A merge of everything with every publish would write each byte 100 times.
    expect(writtenPerByte).toBeLessThan(8);
  });

  it('bounds both for publishes of any size', () => {
    const sizes = Array.from({ length: 400 }, (_, index) => 1_000 * 4 ** ((index * 7) % 6));
    const { most, writtenPerByte } = publishAll(sizes);
    expect(most).toBeLessThanOrEqual(18);
    expect(writtenPerByte).toBeLessThan(8);
  });

  it('grows by the logarithm: twice the publishes cost at most one more write a byte', () => {
    const of = (count: number) => publishAll(new Array<number>(count).fill(100_000)).writtenPerByte;
    expect(of(800) - of(400)).toBeLessThan(1.5);
  });

  it('leaves segments alone that are as large as they may be', () => {
    const large = [1, 2, 3, 4, 5].map((name) => segmentOf(name, 100_000_000));
    expect(chooseMerge(large, LARGEST)).toEqual([]);
  });

  const deadOf = (chunks: number, documents = 0) => ({
    dead: { ordinals: '', counts: { documents, chunks, tombstones: 0 } },
  });

  it.each([
    ['31 % of the chunks', segmentOf(1, 100_000_000, deadOf(31)), 1],
    ['30 % of the chunks', segmentOf(1, 100_000_000, deadOf(30)), 0],
    ['31 % of the documents', segmentOf(1, 100_000_000, deadOf(0, 31)), 1],
    ['everything', segmentOf(1, 500, deadOf(100, 100)), 1],
  ])('writes a segment anew, however large, of which are dead: %s', (_name, segment, count) => {
    expect(chooseMerge([segment, segmentOf(2, 1000)], LARGEST)).toHaveLength(count);
  });
});
