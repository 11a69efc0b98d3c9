import { badOutput } from './provider-errors.ts';

const BYTES = 4;
const LEAST_LENGTH = 1e-12;

/** float32, little-endian, whatever the machine. */
export const floatsOf = (bytes: Uint8Array): Float32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: Math.floor(bytes.byteLength / BYTES) }, (_, index) =>
    view.getFloat32(index * BYTES, true),
  );
};

/** The reverse of {@link floatsOf}. */
export const bytesOfFloats = (floats: Float32Array): Uint8Array => {
  const bytes = new Uint8Array(floats.length * BYTES);
  const view = new DataView(bytes.buffer);
  floats.forEach((value, index) => {
    view.setFloat32(index * BYTES, value, true);
  });
  return bytes;
};

/** A vector as an API gives it: base64 of float32, little-endian, or a list of numbers. Errors: PROVIDER_OUTPUT_INVALID. */
export const rawVector = (value: unknown): Float32Array => {
  if (typeof value === 'string') return floatsOf(Buffer.from(value, 'base64'));
  if (Array.isArray(value) && value.every((item) => typeof item === 'number'))
    return Float32Array.from(value);
  throw badOutput('An embedding is neither base64 nor a list of numbers');
};

/**
 * The vector at Euclidean length 1.
 * Errors: PROVIDER_OUTPUT_INVALID for another number of components, one that is not finite, or a vector without a direction.
 */
export const unitVector = (vector: Float32Array, dims: number): Float32Array => {
  if (vector.length !== dims)
    throw badOutput(`The provider gave ${vector.length} components, the manifest says ${dims}`, {
      dims,
      found: vector.length,
    });
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length < LEAST_LENGTH)
    throw badOutput(`The provider gave a vector of length ${length}`, { length: String(length) });
  return vector.map((value) => value / length);
};
