/** Raw bytes of a typed array, without a copy. All machines that run this are little endian. */
export const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

// A plane may begin at any byte of a larger buffer; typed views need alignment, so they get a copy.
const aligned = (bytes: Uint8Array, unit: number): Uint8Array =>
  // Not slice(): on a Buffer that is a view, too.
  bytes.byteOffset % unit === 0 ? bytes : new Uint8Array(bytes);

/** The bytes read as u32, copied only when misaligned. */
export const uint32sOf = (bytes: Uint8Array): Uint32Array => {
  const at = aligned(bytes, 4);
  return new Uint32Array(at.buffer, at.byteOffset, at.byteLength >> 2);
};

/** The bytes read as f32, copied only when misaligned. */
export const float32sOf = (bytes: Uint8Array): Float32Array => {
  const at = aligned(bytes, 4);
  return new Float32Array(at.buffer, at.byteOffset, at.byteLength >> 2);
};

/** The bytes read as f64, copied only when misaligned. */
export const float64sOf = (bytes: Uint8Array): Float64Array => {
  const at = aligned(bytes, 8);
  return new Float64Array(at.buffer, at.byteOffset, at.byteLength >> 3);
};

/** The bytes read as int8. */
export const int8sOf = (bytes: Uint8Array): Int8Array =>
  new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
