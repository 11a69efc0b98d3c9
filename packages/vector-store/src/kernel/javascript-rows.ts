import { SCAN_BATCH, type Int8Rows, type Int8Scan } from './vector-kernel.ts';

// Indexes are in range by construction, which the types cannot say.

const dotInt8 = (query: Int16Array, components: Int8Array, offset: number): number => {
  let [first, second] = [0, 0];
  const dims = query.length;
  const even = dims - (dims % 4);
  for (let index = 0; index < even; index += 4) {
    const at = offset + index;
    first =
      (first +
        Math.imul(components[at] as number, query[index] as number) +
        Math.imul(components[at + 1] as number, query[index + 1] as number)) |
      0;
    second =
      (second +
        Math.imul(components[at + 2] as number, query[index + 2] as number) +
        Math.imul(components[at + 3] as number, query[index + 3] as number)) |
      0;
  }
  for (let index = even; index < dims; index += 1)
    first = (first + Math.imul(components[offset + index] as number, query[index] as number)) | 0;
  return first + second;
};

/** A scan in plain JavaScript. */
export const javascriptScan = (
  query: Int16Array,
  { components, scales, stride = query.length }: Int8Rows,
): Int8Scan => {
  const scores = new Float32Array(SCAN_BATCH);
  const places = new Uint32Array(SCAN_BATCH);
  let scored = 0;
  const scoreRow = (row: number): number =>
    Math.fround(dotInt8(query, components, row * stride)) * (scales[row] as number);
  return {
    score: (first, count) => {
      for (let index = 0; index < count; index += 1) scores[index] = scoreRow(first + index);
      scored = count;
      return scores.subarray(0, count);
    },
    scoreAt: (rows) => {
      for (let index = 0; index < rows.length; index += 1) scores[index] = scoreRow(rows[index] as number);
      scored = rows.length;
      return scores.subarray(0, scored);
    },
    beyond: (low, high) => {
      const [least, most] = [Math.fround(low), Math.fround(high)];
      let found = 0;
      for (let index = 0; index < scored; index += 1) {
        const score = scores[index] as number;
        if (score > least && score < most) continue;
        if (score <= least || score >= most) places[found++] = index;
      }
      return places.subarray(0, found);
    },
  };
};

/** (lane 0 + lane 2) + (lane 1 + lane 3), in f32. */
export const sumLanes = (lanes: Float32Array, at = 0): number =>
  Math.fround(
    Math.fround((lanes[at] as number) + (lanes[at + 2] as number)) +
      Math.fround((lanes[at + 1] as number) + (lanes[at + 3] as number)),
  );

const dotF32 = (query: Float32Array, rows: Float32Array, offset: number): number => {
  const sums = new Float32Array(16);
  const even = query.length - (query.length % 16);
  for (let index = 0; index < even; index += 1)
    sums[index % 16] =
      (sums[index % 16] as number) + Math.fround((rows[offset + index] as number) * (query[index] as number));
  let rest = 0;
  for (let index = even; index < query.length; index += 1)
    rest = Math.fround(rest + Math.fround((rows[offset + index] as number) * (query[index] as number)));
  const lanes = Float32Array.from({ length: 4 }, (_, lane) =>
    Math.fround(
      Math.fround((sums[lane] as number) + (sums[lane + 4] as number)) +
        Math.fround((sums[lane + 8] as number) + (sums[lane + 12] as number)),
    ),
  );
  return Math.fround(sumLanes(lanes) + rest);
};

/** See VectorKernel.scoreF32. */
export const javascriptScoreF32 = (query: Float32Array, rows: Float32Array, scores: Float32Array): void => {
  for (let row = 0; row < scores.length; row += 1) scores[row] = dotF32(query, rows, row * query.length);
};

const LARGEST = 127;

// 0 for a vector that cannot be quantized.
const largestMagnitude = (vector: Float32Array): number => {
  let largest = 0;
  for (const value of vector) {
    if (!Number.isFinite(value)) return 0;
    largest = Math.max(largest, Math.abs(value));
  }
  return largest;
};

const quantizeRow = (vector: Float32Array, components: Int8Array): number | undefined => {
  const largest = largestMagnitude(vector);
  if (largest === 0) return undefined;
  const factor = LARGEST / largest;
  let squares = 0;
  for (let index = 0; index < vector.length; index += 1) {
    const component = Math.round((vector[index] as number) * factor);
    components[index] = component;
    squares += component * component;
  }
  return Math.fround(1 / Math.sqrt(squares));
};

/** See VectorKernel.quantize. */
export const javascriptQuantize = (vectors: Float32Array, dims: number, into: Int8Rows): number => {
  const rows = into.scales.length;
  for (let row = 0; row < rows; row += 1) {
    const [start, end] = [row * dims, (row + 1) * dims];
    const scale = quantizeRow(vectors.subarray(start, end), into.components.subarray(start, end));
    if (scale === undefined) return row;
    into.scales[row] = scale;
  }
  return rows;
};
