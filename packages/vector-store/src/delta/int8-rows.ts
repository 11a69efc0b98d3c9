import { PipelineError } from '@alluvium/contracts';
import { vectorKernel } from '../kernel/choose-kernel.ts';

/**
 * A vector as int8 components and one f32 scale: component x scale, of unit length.
 * The scale is 1 / |components|, so that quantizing a dequantized row gives the same components and the same scale.
 */
export interface Int8Row {
  components: Int8Array;
  scale: number;
}

const refused = (what: string, dims: number): PipelineError =>
  new PipelineError(`The vector is refused: ${what}`, {
    code: 'VECTOR_INVALID',
    kind: 'invalid',
    details: { dims },
  });

const largestMagnitude = (vector: Float32Array): number => {
  let largest = 0;
  for (const value of vector) {
    if (!Number.isFinite(value)) throw refused('it holds a value that is not finite', vector.length);
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
};

/** Checks a vector: `dims` finite values, not all of them zero. Error: VECTOR_INVALID. */
export const assertVector = (vector: Float32Array, dims: number): void => {
  if (vector.length !== dims) throw refused(`it has ${vector.length} dimensions, not ${dims}`, vector.length);
  if (largestMagnitude(vector) === 0) throw refused('it is zero', dims);
};

/** Quantizes a vector of any length but zero; what is kept is its direction. Error: VECTOR_INVALID. */
export const quantize = (vector: Float32Array, dims: number): Int8Row => {
  if (vector.length !== dims) assertVector(vector, dims);
  const row = { components: new Int8Array(dims), scales: new Float32Array(1) };
  // The kernel says only that it refuses a vector; this says why.
  if (vectorKernel().quantize(vector, dims, row) === 0) assertVector(vector, dims);
  return { components: row.components, scale: row.scales[0] ?? 0 };
};

/** Writes component x scale into `target`. */
export const dequantize = (components: Int8Array, scale: number, target: Float32Array): void => {
  for (let index = 0; index < components.length; index += 1) target[index] = (components[index] ?? 0) * scale;
};
