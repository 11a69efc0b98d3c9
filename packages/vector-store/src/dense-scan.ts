import { vectorKernel } from './kernel/choose-kernel.ts';
import { integerQuery, type IntegerQuery } from './kernel/integer-query.ts';
import { SCAN_BATCH, type VectorKernel } from './kernel/vector-kernel.ts';
import type { ScanPlanes } from './segment-reader.ts';
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
  { components, scales }: ScanPlanes,
  row: number,
): number => dot(unit, components, row * unit.length) * (scales[row] ?? 0);

const rowsOf = (mask: Uint8Array): Uint32Array => {
  const rows = new Uint32Array(mask.length);
  let found = 0;
  for (let row = 0; row < mask.length; row += 1) if (mask[row] !== 0) rows[found++] = row;
  return rows.subarray(0, found);
};

/** Where the results of a scan go; `mask` lets rows through (all without one), `base` is the position of the first row. */
export interface ScanTarget {
  best: TopK;
  base: number;
  mask: Uint8Array | undefined;
  /** For measurements; the fastest of this machine by default. */
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
  planes: ScanPlanes,
  { best, base, mask, kernel = vectorKernel() }: ScanTarget,
): number => {
  const { components, step, margin } = query.rounded;
  const scan = kernel.scan(components, planes);
  const chosen = mask && rowsOf(mask);
  const count = chosen ? chosen.length : planes.scales.length;
  let least = Infinity;
  let size = FIRST_BATCH;
  for (let first = 0; first < count; first += size, size = Math.min(2 * size, SCAN_BATCH)) {
    const rows = Math.min(size, count - first);
    if (chosen) scan.scoreAt(chosen.subarray(first, first + rows));
    else scan.score(first, rows);
    for (const place of scan.beyond((least + margin) / step, (best.threshold - margin) / step)) {
      const row = chosen ? (chosen[first + place] as number) : first + place;
      const similarity = rowSimilarity(query, planes, row);
      if (similarity < least) least = similarity;
      best.push(base + row, similarity);
    }
  }
  return least;
};
