import { describe, expect, it } from '@jest/globals';
import { rowStride } from '../../src/segment/row-records.ts';
import { residentCache } from '../../src/index.ts';
import { decide, rowsToRescore, type Scope } from '../../src/search/planner.ts';
import type { Recall, Way } from '../../src/search/search-types.ts';
import { SegmentReader } from '../../src/segment/segment-reader.ts';
import { memoryObjectStore } from '../../src/index.ts';

const DIMS = 64;

interface Case {
  rows: number;
  matched?: number;
  holds?: string[];
  /** Rows to probe, and best rows by codes. */
  calibration?: [probed: number, rescored: number];
}

const scopeOf = async ({ rows, matched = rows, holds = [], calibration }: Case): Promise<Scope> => {
  const cache = residentCache({ memoryBytes: 100_000_000 });
  const planes = [
    { name: 'codes', start: 0, end: rows * 12, crc32: 0 },
    { name: 'rows', start: rows * 12, end: rows * 12 + rows * rowStride(DIMS), crc32: 0 },
  ];
  for (const plane of holds) await cache.load(`one#${plane}`, 1, () => Promise.resolve(new Uint8Array(1)));
  const spanOf = (value: number) => ({ p95: value, p99: 2 * value });
  const descriptor = {
    ...{ key: 'one', sizeBytes: 1, sha256: '', terms: 0, planes, statistics: { complete: false } },
    ...{ documents: 1, chunks: rows, tombstones: 0 },
    ...(calibration && {
      calibration: { probedRows: spanOf(calibration[0]), rescoredRows: spanOf(calibration[1]) },
    }),
  };
  const segment = new SegmentReader({ store: memoryObjectStore(), cache, dims: DIMS }, descriptor);
  return { segment, base: 0, mask: undefined, matched };
};

describe('the planner', () => {
  it.each<[string, Case, Recall, Way]>([
    ['nothing matches', { rows: 100_000, matched: 0 }, 0.95, 'skip'],
    ['it is small', { rows: 24_999 }, 0.95, 'exact'],
    ['it is small and few match', { rows: 24_999, matched: 1 }, 0.95, 'exact'],
    ['few match', { rows: 100_000, matched: 2000 }, 0.95, 'rows'],
    ['few match and exactness is asked', { rows: 100_000, matched: 2000 }, 'exact', 'rows'],
    ['one in a hundred matches', { rows: 1_000_000, matched: 10_000 }, 0.99, 'rows'],
    ['few match, and rows are here', { rows: 100_000, matched: 2000, holds: ['rows'] }, 0.95, 'exact'],
    ['exactness is asked', { rows: 100_000, calibration: [1000, 64] }, 'exact', 'exact'],
    ['codes are here', { rows: 100_000, holds: ['codes'], calibration: [1000, 64] }, 0.95, 'codes'],
    ['rows are here alone', { rows: 100_000, holds: ['rows'], calibration: [1000, 64] }, 0.95, 'exact'],
    ['both are here', { rows: 100_000, holds: ['rows', 'codes'] }, 0.99, 'codes'],
    ['clusters are clear', { rows: 100_000, calibration: [2000, 64] }, 0.95, 'probe'],
    ['clusters are not clear enough for more', { rows: 100_000, calibration: [2500, 64] }, 0.99, 'codes'],
    ['clusters are mixed', { rows: 100_000, calibration: [40_000, 64] }, 0.95, 'codes'],
    ['nothing was measured', { rows: 100_000 }, 0.95, 'codes'],
    [
      'a filter thins out clear clusters',
      { rows: 100_000, matched: 5000, calibration: [2000, 64] },
      0.95,
      'codes',
    ],
  ])('when %s', async (_name, one, recall, way) => {
    const scope = await scopeOf(one);
    const decision = decide([scope], recall).ways.get(scope);
    expect(decision?.way).toBe(way);
    expect(decision?.why).not.toBe('');
  });

  it('decides for every segment of its own', async () => {
    const scopes = await Promise.all(
      [{ rows: 10 }, { rows: 100_000, matched: 0 }, { rows: 100_000, holds: ['codes'] }].map(scopeOf),
    );
    expect([...decide(scopes, 0.95).ways.values()].map(({ way }) => way)).toEqual(['exact', 'skip', 'codes']);
  });

  it('probes the rows that were measured, and looks at few codes where clusters are clear', async () => {
    const cold = await scopeOf({ rows: 100_000, calibration: [2000, 64] });
    expect(decide([cold], 0.95).probedRows).toBe(2000);
    const warm = await scopeOf({ rows: 100_000, holds: ['codes'], calibration: [2000, 64] });
    expect(decide([warm], 0.95).estimatedRows).toBe(4000);
    expect(decide([warm], 0.99).estimatedRows).toBeUndefined();
  });

  it('compares as many rows exactly as were measured, and never more than there are', async () => {
    const scope = await scopeOf({ rows: 100_000, calibration: [2000, 300] });
    expect(rowsToRescore([scope], 0.95, 10)).toBe(300);
    expect(rowsToRescore([scope], 0.99, 10)).toBe(600);
    expect(rowsToRescore([scope], 0.95, 100)).toBe(3000);
    expect(rowsToRescore([scope], 0.95, 1e12)).toBe(100_000);
    expect(rowsToRescore([scope], 'exact', 10)).toBe(0);
  });
});
