/** A table of `rows` x `dims` values, each a nibble of `packed` less 8, times the row's scale. `dims` is even. */
export interface Int4Table {
  rows: number;
  dims: number;
  /** `rows` x `dims` / 2 bytes: the low nibble is of the first half of the dimensions, the high one of the second. */
  packed: Uint8Array;
  /** One a row. A pooling weight of the row may be in it. */
  scales: Float32Array;
}

const MIN = -8;
const MAX = 7;
/** What packed nibbles are offset by. */
export const INT4_OFFSET = 8;
const EMPTY = (INT4_OFFSET << 4) | INT4_OFFSET;
/** Parts of a row's largest value that are tried as the value of the largest step: clipping the few helps the many. */
const CLIPS = [1, 0.9, 0.8, 0.7, 0.6, 0.5];

const step = (value: number, scale: number): number =>
  Math.max(MIN, Math.min(MAX, Math.round(value / scale)));

const squaredError = (row: Float32Array, scale: number): number =>
  row.reduce((sum, value) => sum + (step(value, scale) * scale - value) ** 2, 0);

const bestScale = (row: Float32Array): number => {
  const largest = row.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let best = 0;
  let least = Infinity;
  for (const clip of largest === 0 ? [] : CLIPS) {
    const scale = Math.fround((largest * clip) / MAX);
    const error = squaredError(row, scale);
    if (error >= least) continue;
    least = error;
    best = scale;
  }
  return best;
};

/**
 * Rounds `values` (row-major, `rows` x `dims`) to 4 bits, each row with the scale that loses least.
 * @throws RangeError when `dims` is odd.
 */
export const quantizeInt4 = (values: Float32Array, rows: number, dims: number): Int4Table => {
  if (dims % 2 !== 0)
    throw new RangeError(`A table of 4 bits needs an even number of dimensions, not ${dims}.`);
  const half = dims / 2;
  const packed = new Uint8Array(rows * half).fill(EMPTY);
  const scales = new Float32Array(rows);
  for (let index = 0; index < rows; index++) {
    const row = values.subarray(index * dims, (index + 1) * dims);
    const scale = bestScale(row);
    scales[index] = scale;
    if (scale === 0) continue;
    for (let d = 0; d < half; d++) {
      const low = step(row[d] ?? 0, scale) + INT4_OFFSET;
      const high = step(row[d + half] ?? 0, scale) + INT4_OFFSET;
      packed[index * half + d] = low | (high << 4);
    }
  }
  return { rows, dims, packed, scales };
};
