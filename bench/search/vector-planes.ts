import {
  clusterRows,
  codeSpaceOf,
  gatherRows,
  meanOf,
  packClusters,
  packCodes,
  packRows,
  wasmKernel,
} from '@alluvium/vector-store/internals';
import type { DataSet } from './data.ts';

/** Rows of a segment of 150 MB with short passages. */
const SEGMENT_ROWS = 170_000;
const NO_PLACE = { document: 0, chunkOffset: 0, chunkLength: 0, documentOffset: 0, documentLength: 0 };

/** What the vectors of a build take, without words, passages, checks and writing. */
export interface VectorTimes {
  clusteringMs: number;
  /** Quantizing, ordering, 1-bit codes and records. */
  planesMs: number;
}

/** Makes the planes of all vectors of a set, segment by segment. */
export const timeVectorPlanes = async (set: DataSet): Promise<VectorTimes> => {
  const { dims, count } = set;
  const times = { clusteringMs: 0, planesMs: 0 };
  const timed = async <T>(name: keyof VectorTimes, step: () => T | Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const result = await step();
    times[name] += performance.now() - startedMs;
    return result;
  };
  for (let first = 0; first < count; first += SEGMENT_ROWS) {
    const floats = set.rowsBetween(first, Math.min(count, first + SEGMENT_ROWS));
    const rows = floats.length / dims;
    const quantized = await timed('planesMs', () => {
      const bytes = wasmKernel.allocate(rows * dims);
      const components = new Int8Array(bytes.buffer, bytes.byteOffset, rows * dims);
      const scales = new Float32Array(rows);
      wasmKernel.quantize(floats, dims, { components, scales });
      return { components, scales };
    });
    const clustering = await timed('clusteringMs', () => clusterRows(quantized, dims));
    await timed('planesMs', () => {
      const ordered = gatherRows(quantized, dims, clustering.order);
      const mean = meanOf(ordered, dims);
      packClusters(clustering, mean);
      packCodes(ordered, codeSpaceOf(mean));
      packRows(ordered, dims, () => NO_PLACE);
    });
  }
  return times;
};
