import { mulberry32 } from './mulberry32.ts';
import { BLOCK_ROWS, blockBytes, type CodeQuery, type Rotation, type VectorKernel } from './vector-kernel.ts';

/**
 * The rotation of a seed: signs from mulberry32, four rounds of Walsh-Hadamard transforms over the first and the last
 * window in turn. It spreads every component over all, so that signs alone tell a direction.
 * Dims that are no multiple of 4 are padded with zeros.
 */
export const rotationOf = (dims: number, seed: number): Rotation => {
  const width = Math.ceil(dims / 4) * 4;
  const window = 2 ** Math.floor(Math.log2(width));
  const next = mulberry32(seed);
  const signs = Float32Array.from({ length: 4 * width }, () => (next() >>> 31 === 1 ? 1 : -1));
  return { dims: width, window, signs, norm: Math.fround(1 / Math.sqrt(window)) };
};

/** What the codes of a collection share. */
export interface CodeSpace {
  /** Mean of the rows, of the dims of a row. */
  mean: Float32Array;
  rotation: Rotation;
}

/** 1-bit codes of rows (f32, rows x dims), blocks of BLOCK_ROWS rows; what is left of the last block is zero. */
export const encodeRows = (
  kernel: VectorKernel,
  rows: Float32Array,
  { mean, rotation }: CodeSpace,
): Uint8Array => {
  const count = rows.length / mean.length;
  const centred = new Float32Array(count * rotation.dims);
  for (let row = 0; row < count; row += 1)
    for (let index = 0; index < mean.length; index += 1)
      centred[row * rotation.dims + index] =
        (rows[row * mean.length + index] as number) - (mean[index] as number);
  const blocks = new Uint8Array(Math.ceil(count / BLOCK_ROWS) * blockBytes(rotation.dims));
  kernel.encode(centred, rotation, blocks);
  return blocks;
};

const BYTE = 255;
// The kernel sums table bytes in u16.
const LARGEST_SUM = 65_535;

// What the pattern of signs is worth, when a set bit adds the component and another one subtracts it.
const worthOf = (four: Float32Array, pattern: number): number =>
  four.reduce((sum, value, bit) => sum + ((pattern >> bit) & 1 ? value : -value), 0);

/** The table of a query (f32, any length): scores of codes estimate the dot product of row and query. */
export const codeQuery = (
  kernel: VectorKernel,
  query: Float32Array,
  { mean, rotation }: CodeSpace,
): CodeQuery => {
  const rotated = new Float32Array(rotation.dims);
  rotated.set(query);
  kernel.rotate(rotated, rotation);
  const lines = rotation.dims / 4;
  const least = Array.from({ length: lines }, (_, line) =>
    rotated.subarray(line * 4, line * 4 + 4).reduce((sum, value) => sum - Math.abs(value), 0),
  );
  const widest = Math.max(-2 * Math.min(...least), Number.MIN_VALUE);
  const factor = Math.min(BYTE, Math.floor(LARGEST_SUM / lines)) / widest;
  const table = new Uint8Array(rotation.dims * 4);
  least.forEach((lowest, line) => {
    const four = rotated.subarray(line * 4, line * 4 + 4);
    for (let pattern = 0; pattern < 16; pattern += 1)
      table[line * 16 + pattern] = Math.round((worthOf(four, pattern) - lowest) * factor);
  });
  const bias = least.reduce((sum, lowest) => sum + lowest, 0);
  const offset = mean.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0);
  return { table, terms: Float32Array.of(1 / factor, bias, offset) };
};
