import { Cursor } from './bytes.ts';
import type { StoredSegment } from './index-objects.ts';
import { planeOf } from './rows.ts';

const SEED = 20261120;

const mulberry32 = (seed: number): (() => number) => {
  let state = BigInt(seed);
  const mod = (value: bigint): bigint => BigInt.asUintN(32, value);
  return () => {
    state = mod(state + 0x6d2b79f5n);
    let t = mod((state ^ (state >> 15n)) * (state | 1n));
    t = t ^ mod(t + mod((t ^ (t >> 7n)) * (t | 61n)));
    return Number(t ^ (t >> 14n));
  };
};

const hadamard = (values: number[]): number[] => {
  const out = [...values];
  for (let h = 1; h < out.length; h *= 2)
    for (let i = 0; i < out.length; i += 1) {
      if (Math.floor(i / h) % 2 === 1) continue;
      const [a, b] = [out[i] ?? 0, out[i + h] ?? 0];
      [out[i], out[i + h]] = [a + b, a - b];
    }
  return out.map((value) => value / Math.sqrt(out.length));
};

export const rotate = (vector: readonly number[]): number[] => {
  const width = Math.ceil(vector.length / 4) * 4;
  const window = 2 ** Math.floor(Math.log2(width));
  const random = mulberry32(SEED);
  let values = [...vector, ...new Array<number>(width - vector.length).fill(0)];
  for (let round = 0; round < 4; round += 1) {
    values = values.map((value) => (random() >= 2 ** 31 ? value : -value));
    values =
      round % 2 === 0
        ? [...hadamard(values.slice(0, window)), ...values.slice(window)]
        : [...values.slice(0, width - window), ...hadamard(values.slice(width - window))];
  }
  return values;
};

export interface Clusters {
  mean: number[];
  first: number[];
  centroids: number[][];
}

export const readClusters = (segment: StoredSegment, dims: number): Clusters => {
  const cursor = new Cursor(planeOf(segment, 'clusters'));
  const count = cursor.u32();
  const mean = cursor.list(dims, () => cursor.f32());
  const first = cursor.list(count + 1, () => cursor.u32());
  const scales = cursor.list(count, () => cursor.f32());
  const centroids = scales.map((scale) => cursor.list(dims, () => cursor.i8() * scale));
  return { mean, first, centroids };
};

const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

/** Estimated cosine of every row with a query of unit length. */
export const estimateAll = (segment: StoredSegment, query: readonly number[]): number[] => {
  const { mean } = readClusters(segment, query.length);
  const rotated = rotate(query);
  const offset = dot(mean, query);
  const codes = planeOf(segment, 'codes');
  const blockBytes = 4 * rotated.length + 128;
  return Array.from({ length: segment.descriptor.chunks }, (_, row) => {
    const [block, j] = [Math.floor(row / 32) * blockBytes, row % 32];
    const signs = rotated.map((_value, d) => {
      const byte = codes[block + 16 * Math.floor(d / 4) + (j % 16)] ?? 0;
      return Math.floor(byte / 2 ** ((d % 4) + (j < 16 ? 0 : 4))) % 2 === 1 ? 1 : -1;
    });
    const factor = new Cursor(codes, block + 4 * rotated.length + 4 * j).f32();
    return offset + factor * dot(signs, rotated);
  });
};
