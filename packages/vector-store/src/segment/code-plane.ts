import { Growable } from '../bytes/growable.ts';
import { dequantize } from '../delta/int8-rows.ts';
import { encodeRows, rotationOf, type CodeSpace } from '../kernel/binary-codes.ts';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import { BLOCK_ROWS, blockBytes, type Int8Rows, type Rotation } from '../kernel/vector-kernel.ts';

/** All codes are made with this rotation. */
const ROTATION_SEED = 20_261_120;
const ROWS_AT_ONCE = 4096;

const rotations = new Map<number, Rotation>();

/** What the codes of a segment share. */
export const codeSpaceOf = (mean: Float32Array): CodeSpace => {
  const dims = mean.length;
  const rotation = rotations.get(dims) ?? rotationOf(dims, ROTATION_SEED);
  rotations.set(dims, rotation);
  return { mean, rotation };
};

/** Bytes of plane `codes`. */
export const codePlaneBytes = (rows: number, { rotation }: CodeSpace): number =>
  Math.ceil(rows / BLOCK_ROWS) * blockBytes(rotation.dims);

/** Plane `codes`: 1-bit codes of rows that lie side by side, in blocks of 32. */
export const packCodes = (rows: Int8Rows, space: CodeSpace): Uint8Array => {
  const dims = space.mean.length;
  const count = rows.scales.length;
  const codes = new Growable(Uint8Array, codePlaneBytes(count, space));
  const floats = new Float32Array(ROWS_AT_ONCE * dims);
  for (let first = 0; first < count; first += ROWS_AT_ONCE) {
    const size = Math.min(ROWS_AT_ONCE, count - first);
    for (let index = 0; index < size; index += 1) {
      const at = (first + index) * dims;
      const target = floats.subarray(index * dims, (index + 1) * dims);
      dequantize(rows.components.subarray(at, at + dims), rows.scales[first + index] ?? 0, target);
    }
    codes.append(encodeRows(vectorKernel(), floats.subarray(0, size * dims), space));
  }
  return codes.view();
};
