import type { ScanPlanes } from './segment-reader.ts';
import type { TopK } from './top-k.ts';

/** The query as the kernel wants it: of unit length, in f64. */
export const unitQuery = (vector: Float32Array): Float64Array => {
  const length = Math.hypot(...vector);
  return Float64Array.from(vector, (value) => value / length);
};

/**
 * The seam for faster kernels. Four sums keep the adder busy: 1.5 times the speed of one.
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

/** Cosine similarity of one row with a unit query. */
export const rowSimilarity = (query: Float64Array, { components, scales }: ScanPlanes, row: number): number =>
  dot(query, components, row * query.length) * (scales[row] ?? 0);

/**
 * Cosine similarity of every row that `mask` lets through (all without one) with a unit query, into `best`.
 * Returns the least of them, Infinity when there is none.
 */
export const scanRows = (
  query: Float64Array,
  planes: ScanPlanes,
  { best, base, mask }: { best: TopK; base: number; mask: Uint8Array | undefined },
): number => {
  const rows = planes.scales.length;
  let least = Infinity;
  for (let row = 0; row < rows; row += 1) {
    if (mask && mask[row] === 0) continue;
    const similarity = rowSimilarity(query, planes, row);
    if (similarity < least) least = similarity;
    best.push(base + row, similarity);
  }
  return least;
};
