import { sumLanes } from './javascript-rows.ts';
import { BLOCK_ROWS, blockBytes, type CodeQuery, type Rotation } from './vector-kernel.ts';

// Indexes are in range by construction, which the types cannot say. Stores into a Float32Array round to f32.

const transform = (values: Float32Array): void => {
  for (let half = 1; half < values.length; half *= 2)
    for (let start = 0; start < values.length; start += 2 * half)
      for (let index = start; index < start + half; index += 1) {
        const [left, right] = [values[index] as number, values[index + half] as number];
        values[index] = left + right;
        values[index + half] = left - right;
      }
};

/** See VectorKernel.rotate. */
export const javascriptRotate = (values: Float32Array, { dims, window, signs, norm }: Rotation): void => {
  for (let round = 0; round < 4; round += 1) {
    for (let index = 0; index < dims; index += 1)
      values[index] = (values[index] as number) * (signs[round * dims + index] as number);
    const part = round % 2 === 1 ? values.subarray(dims - window) : values.subarray(0, window);
    transform(part);
    for (let index = 0; index < window; index += 1) part[index] = (part[index] as number) * norm;
  }
};

const laneSums = (row: Float32Array, map: (value: number) => number): number => {
  const lanes = new Float32Array(4);
  row.forEach((value, index) => {
    lanes[index % 4] = (lanes[index % 4] as number) + Math.fround(map(value));
  });
  return sumLanes(lanes);
};

/** See VectorKernel.encode. */
export const javascriptEncode = (rows: Float32Array, rotation: Rotation, blocks: Uint8Array): void => {
  const { dims } = rotation;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  for (let row = 0; row * dims < rows.length; row += 1) {
    const values = rows.subarray(row * dims, (row + 1) * dims);
    const squares = laneSums(values, (value) => value * value);
    javascriptRotate(values, rotation);
    const magnitude = laneSums(values, Math.abs);
    const block = Math.floor(row / BLOCK_ROWS) * blockBytes(dims);
    const lane = row % BLOCK_ROWS;
    const shift = lane < 16 ? 0 : 4;
    values.forEach((value, index) => {
      const at = block + (index >> 2) * 16 + (lane % 16);
      if (value > 0) blocks[at] = (blocks[at] as number) | (1 << (shift + (index % 4)));
    });
    view.setFloat32(block + dims * 4 + lane * 4, magnitude > 0 ? squares / magnitude : 0, true);
  }
};

const sumOfTable = (table: Uint8Array, blocks: Uint8Array, at: number, shift: number): number => {
  let sum = 0;
  for (let line = 0; line < table.length; line += 16)
    sum += table[line + (((blocks[at + line] as number) >> shift) & 15)] as number;
  return sum;
};

/** See VectorKernel.scoreCodes. */
export const javascriptScoreCodes = (
  { table, terms }: CodeQuery,
  blocks: Uint8Array,
  scores: Float32Array,
): void => {
  const [step = 0, bias = 0, offset = 0] = terms;
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  for (let row = 0; row < scores.length; row += 1) {
    const block = Math.floor(row / BLOCK_ROWS) * blockBytes(table.length / 4);
    const lane = row % BLOCK_ROWS;
    const sum = sumOfTable(table, blocks, block + (lane % 16), lane < 16 ? 0 : 4);
    const factor = view.getFloat32(block + table.length + lane * 4, true);
    scores[row] = Math.fround(factor * Math.fround(Math.fround(sum * step) + bias)) + offset;
  }
};
