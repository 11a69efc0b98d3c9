import { vectorKernel } from '../kernel/choose-kernel.ts';
import { integerQuery, type IntegerQuery } from '../kernel/integer-query.ts';
import { SCAN_BATCH, type Int8Rows, type Int8Scan, type VectorKernel } from '../kernel/vector-kernel.ts';
import type { TopK } from './top-k.ts';

/** A query as a scan wants it: of unit length in f64, and rounded for the kernel. */
export interface DenseQuery {
  unit: Float64Array;
  rounded: IntegerQuery;
}

/** Prepares a query vector that is not zero. */
export const denseQuery = (vector: Float32Array): DenseQuery => {
  const length = Math.hypot(...vector);
  const unit = Float64Array.from(vector, (value) => value / length);
  return { unit, rounded: integerQuery(unit) };
};

/**
 * Exact, in f64. Four sums keep the adder busy: 1.5 times the speed of one.
 * Indexes are in range by construction, which the types cannot say.
 */
const dot = (query: Float64Array, components: Int8Array, offset: number): number => {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const dims = query.length;
  const even = dims - (dims % 4);
  for (let index = 0; index < even; index += 4) {
    const at = offset + index;
    first += (query[index] as number) * (components[at] as number);
    second += (query[index + 1] as number) * (components[at + 1] as number);
    third += (query[index + 2] as number) * (components[at + 2] as number);
    fourth += (query[index + 3] as number) * (components[at + 3] as number);
  }
  for (let index = even; index < dims; index += 1)
    first += (query[index] as number) * (components[offset + index] as number);
  return first + second + (third + fourth);
};

/** Cosine similarity of one row with a query. */
export const rowSimilarity = (
  { unit }: DenseQuery,
  { components, scales, stride = unit.length }: Int8Rows,
  row: number,
): number => dot(unit, components, row * stride) * (scales[row] ?? 0);

// Reading a row out of order takes about five times as long as reading it in order.
const SPARSE = 1 / 5;

// The rows that a mask lets through when they are few; undefined when it is better to score all and to skip.
const sparseRows = (mask: Uint8Array): Uint32Array | undefined => {
  const rows = new Uint32Array(mask.length);
  let found = 0;
  // No branch: on a random mask it would be guessed wrongly half of the time.
  for (let row = 0; row < mask.length; row += 1) {
    rows[found] = row;
    found += mask[row] as number;
  }
  return found < mask.length * SPARSE ? rows.subarray(0, found) : undefined;
};

/** The places of a scan from `from` to `to`, and the row at each. */
interface Walk {
  from: number;
  to: number;
  score: (first: number, count: number) => void;
  rowAt: (place: number) => number;
}

const walkOf = (scan: Int8Scan, rows: number, mask: Uint8Array | undefined): Walk => {
  const chosen = mask && sparseRows(mask);
  if (chosen)
    return {
      from: 0,
      to: chosen.length,
      score: (first, count) => scan.scoreAt(chosen.subarray(first, first + count)),
      rowAt: (place) => chosen[place] as number,
    };
  return {
    from: mask ? mask.indexOf(1) : 0,
    to: rows,
    score: (first, count) => scan.score(first, count),
    rowAt: (place) => place,
  };
};

/** Where the results of a scan go. */
export interface ScanTarget {
  best: TopK;
  /** Position of a row among all that are searched; ascending. */
  positionOf: (row: number) => number;
  /** 1 for a row that is let through, else 0; without one all are. */
  mask: Uint8Array | undefined;
  /** The fastest of this runtime by default. */
  kernel?: VectorKernel;
}

// The bounds of the next batch come from this one: few rows first, for these are all calculated exactly.
const FIRST_BATCH = 32;

/**
 * Cosine similarity of every row that `mask` lets through with a query, into `best`.
 * Returns the least of them, Infinity when there is none.
 *
 * The kernel scores every row with the rounded query, which is off by at most a known margin. Only rows that may be among
 * the best, or the least, within that margin are calculated exactly: the result is that of an exact scan.
 */
export const scanRows = (
  query: DenseQuery,
  rows: Int8Rows,
  { best, positionOf, mask, kernel = vectorKernel() }: ScanTarget,
): number => {
  const { components, step, margin } = query.rounded;
  const scan = kernel.scan(components, rows);
  const { from, to, score, rowAt } = walkOf(scan, rows.scales.length, mask);
  let least = Infinity;
  let size = FIRST_BATCH;
  for (let first = from; first < to; first += size, size = Math.min(2 * size, SCAN_BATCH)) {
    score(first, Math.min(size, to - first));
    for (const place of scan.beyond((least + margin) / step, (best.threshold - margin) / step)) {
      const row = rowAt(first + place);
      if (mask?.[row] === 0) continue;
      const similarity = rowSimilarity(query, rows, row);
      if (similarity < least) least = similarity;
      best.push(positionOf(row), similarity);
    }
  }
  return least;
};
