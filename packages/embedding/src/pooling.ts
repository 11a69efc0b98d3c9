import { PipelineError } from '@alluvium/contracts';
import type { ModelManifest } from './manifest.ts';

const meanOf = (data: Float32Array, dimensions: number): Float32Array => {
  const mean = new Float32Array(dimensions);
  const tokens = data.length / dimensions;
  for (let i = 0; i < data.length; i++) {
    const d = i % dimensions;
    mean[d] = (mean[d] ?? 0) + (data[i] ?? 0) / tokens;
  }
  return mean;
};

/** Euclidean length of a vector. */
export const lengthOf = (vector: Float32Array): number => {
  let sum = 0;
  for (const component of vector) sum += component * component;
  return Math.sqrt(sum);
};

/**
 * The vector of one text, a fresh Float32Array, pooled and L2-normalized as the manifest says. `data` is the
 * model's output: [dimensions] when pooled in the graph, else [tokens, dimensions].
 * @throws PipelineError MODEL_OUTPUT_INVALID for a vector that is zero or not a number.
 */
export const pool = (data: Float32Array, manifest: ModelManifest): Float32Array => {
  const { dimensions, pooling, normalize } = manifest;
  const vector = pooling === 'mean' ? meanOf(data, dimensions) : data.slice(0, dimensions);
  const length = lengthOf(vector);
  // One vector that is not a number poisons every comparison with it: refuse it at the source.
  if (!Number.isFinite(length) || length === 0) {
    throw new PipelineError(`the model ${manifest.id} returned a vector of length ${length}`, {
      code: 'MODEL_OUTPUT_INVALID',
      kind: 'internal',
      details: { model: manifest.id, length: String(length) },
    });
  }
  if (normalize === 'l2') for (let d = 0; d < dimensions; d++) vector[d] = (vector[d] ?? 0) / length;
  return vector;
};
