import { describe, expect, it } from '@jest/globals';
import { quantize } from '../../src/delta/int8-rows.ts';
import { meanOf, openClusters, packClusters } from '../../src/segment/cluster-plane.ts';
import { clusterRows } from '../../src/segment/cluster-rows.ts';
import { vectorOf } from '../deltas.ts';

const DIMS = 8;

/** Rows whose vectors follow from seeds. */
const rowsOf = (seeds: readonly number[]) => {
  const components = new Int8Array(seeds.length * DIMS);
  const scales = new Float32Array(seeds.length);
  const known = new Map(seeds.map((seed) => [seed, undefined as ReturnType<typeof quantize> | undefined]));
  seeds.forEach((seed, row) => {
    const quantized = known.get(seed) ?? quantize(vectorOf(seed, DIMS), DIMS);
    known.set(seed, quantized);
    components.set(quantized.components, row * DIMS);
    scales[row] = quantized.scale;
  });
  return { components, scales };
};

const seedsOf = (count: number, distinct = count): number[] =>
  Array.from({ length: count }, (_, row) => (row % distinct) + 1);

describe('clusters', () => {
  it.each([
    ['no row', [], 0],
    ['one row', [5], 1],
    ['a small segment', seedsOf(300), 1],
    ['10,000 rows', seedsOf(10_000), 20],
    ['10,000 identical rows', seedsOf(10_000, 1), 1],
    ['fewer distinct rows than clusters', seedsOf(10_000, 3), 3],
  ])('hold every row once: %s', async (_name, seeds, least) => {
    const { order, firstRow, centroids } = await clusterRows(rowsOf(seeds), DIMS);
    expect(Array.from(order).sort((left, right) => left - right)).toEqual(seeds.map((_seed, row) => row));
    const clusters = firstRow.length - 1;
    expect(clusters).toBeGreaterThanOrEqual(least);
    expect([firstRow[0], firstRow[clusters], centroids.length]).toEqual([0, seeds.length, clusters * DIMS]);
    // None is empty.
    for (let cluster = 0; cluster < clusters; cluster += 1)
      expect(firstRow[cluster + 1]).toBeGreaterThan(firstRow[cluster]!);
    for (const value of centroids) expect(Number.isFinite(value)).toBe(true);
  });

  it('put identical rows together', async () => {
    const seeds = seedsOf(9_000, 5);
    const { order, firstRow } = await clusterRows(rowsOf(seeds), DIMS);
    const seedsIn = Array.from({ length: firstRow.length - 1 }, (_, cluster) =>
      Array.from(order.subarray(firstRow[cluster], firstRow[cluster + 1]), (row) => seeds[row]),
    );
    const clustersOf = (seed: number) => seedsIn.filter((own) => own.includes(seed)).length;
    expect([1, 2, 3, 4, 5].map(clustersOf)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([[[]], [[3]], [seedsOf(500)]])('are read as they were written', async (seeds) => {
    const rows = rowsOf(seeds);
    const clustering = await clusterRows(rows, DIMS);
    const mean = meanOf(rows, DIMS);
    const plane = openClusters(packClusters(clustering, mean), { dims: DIMS, rows: seeds.length });
    expect(plane?.mean).toEqual(mean);
    expect(plane?.firstRow).toEqual(clustering.firstRow);
    const { components, scales } = plane!.centroids;
    clustering.centroids.forEach((value, index) => {
      expect((components[index] ?? 0) * (scales[Math.floor(index / DIMS)] ?? 0)).toBeCloseTo(value, 1);
    });
  });

  it('are refused when they do not hold as many rows as the segment has', async () => {
    const rows = rowsOf(seedsOf(10));
    const bytes = packClusters(await clusterRows(rows, DIMS), meanOf(rows, DIMS));
    expect(openClusters(bytes, { dims: DIMS, rows: 11 })).toBeUndefined();
    expect(openClusters(bytes, { dims: DIMS + 1, rows: 10 })).toBeUndefined();
    expect(openClusters(bytes.subarray(1), { dims: DIMS, rows: 10 })).toBeUndefined();
  });
});
