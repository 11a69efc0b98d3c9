import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { scanRows, denseQuery, type DenseQuery } from '../search/dense-scan.ts';
import { TopK } from '../search/top-k.ts';
import { dequantize } from '../delta/int8-rows.ts';
import { codeQuery, type CodeSpace } from '../kernel/binary-codes.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import type { Int8Rows } from '../kernel/vector-kernel.ts';
import type { Clustering } from './cluster-rows.ts';
import type { Calibration } from './segment-format.ts';

/** Smaller segments are scanned whole. */
const LEAST_ROWS = 16_384;
const QUERIES = 48;
const NEIGHBOURS = 10;
// Rows as queries flatter: their own neighbours are nearer than those of a question. Hence more than the share asked for.
const SHARES = { p95: 0.97, p99: 0.996 };

/** A segment about to be written, rows in their final order. */
export interface CalibrationInput {
  rows: Int8Rows;
  dims: number;
  clustering: Clustering;
  codes: Uint8Array;
  space: CodeSpace;
}

const vectorOf = ({ rows, dims }: CalibrationInput, row: number): Float32Array => {
  const vector = new Float32Array(dims);
  dequantize(rows.components.subarray(row * dims, (row + 1) * dims), rows.scales[row] ?? 0, vector);
  return vector;
};

// Every other query stands between two rows, as a question does that no passage repeats.
const queryOf = (input: CalibrationInput, index: number): { vector: Float32Array; own: number } => {
  const count = input.rows.scales.length;
  const own = Math.floor(((index + 0.5) * count) / QUERIES);
  const vector = vectorOf(input, own);
  if (index % 2 === 0) return { vector, own };
  const other = vectorOf(input, (own + Math.floor(count / 3)) % count);
  return { vector: vector.map((value, dim) => 0.8 * value + 0.2 * (other[dim] ?? 0)), own };
};

const neighboursOf = ({ rows }: CalibrationInput, query: DenseQuery, own: number): number[] => {
  const best = new TopK(NEIGHBOURS + 1);
  scanRows(query, rows, { best, positionOf: (row) => row, mask: undefined });
  return best
    .sorted()
    .map(({ position }) => position)
    .filter((row) => row !== own)
    .slice(0, NEIGHBOURS);
};

/** How many rows have a better estimate than each of the neighbours. */
const codeRanks = (
  { codes, space, rows }: CalibrationInput,
  vector: Float32Array,
  neighbours: number[],
): number[] => {
  const estimates = new Float32Array(rows.scales.length);
  vectorKernel().scoreCodes(codeQuery(vectorKernel(), vector, space), codes, estimates);
  const own = neighbours.map((row) => estimates[row] ?? 0);
  const ranks = own.map(() => 0);
  for (const estimate of estimates)
    for (let index = 0; index < own.length; index += 1)
      if (estimate >= (own[index] as number)) ranks[index] = (ranks[index] as number) + 1;
  return ranks;
};

/** How many rows are read until the cluster of each neighbour is. */
const probeRanks = (
  { clustering, dims }: CalibrationInput,
  vector: Float32Array,
  neighbours: number[],
): number[] => {
  const { centroids, firstRow } = clustering;
  const clusters = firstRow.length - 1;
  const scores = new Float32Array(clusters);
  vectorKernel().scoreF32(vector, centroids.subarray(0, clusters * dims), scores);
  const order = Array.from(scores.keys()).sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0));
  const readUpTo = new Map<number, number>();
  let read = 0;
  for (const cluster of order) {
    read += (firstRow[cluster + 1] ?? 0) - (firstRow[cluster] ?? 0);
    readUpTo.set(cluster, read);
  }
  return neighbours.map((row) => readUpTo.get(firstRow.findLastIndex((first) => first <= row)) ?? read);
};

const quantiles = (values: number[]): { p95: number; p99: number } => {
  values.sort((left, right) => left - right);
  const at = (share: number): number => values[Math.ceil(share * values.length) - 1] ?? 0;
  return { p95: at(SHARES.p95), p99: at(SHARES.p99) };
};

/** Measures on a sample of rows how far a search must look; undefined where it looks at everything anyway. */
export const calibrate = async (input: CalibrationInput): Promise<Calibration | undefined> => {
  if (input.rows.scales.length < LEAST_ROWS) return undefined;
  const [probed, rescored]: [number[], number[]] = [[], []];
  for (let index = 0; index < QUERIES; index += 1) {
    const { vector, own } = queryOf(input, index);
    const neighbours = neighboursOf(input, denseQuery(vector), own);
    probed.push(...probeRanks(input, vector, neighbours));
    rescored.push(...codeRanks(input, vector, neighbours));
    await yieldToEvents();
  }
  return { probedRows: quantiles(probed), rescoredRows: quantiles(rescored) };
};
