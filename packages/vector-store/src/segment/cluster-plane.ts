import { dequantize, quantize } from '../delta/int8-rows.ts';
import type { Int8Rows } from '../kernel/vector-kernel.ts';
import { bytesOf, float32sOf, uint32sOf } from '../bytes/typed-bytes.ts';
import type { Clustering } from './cluster-rows.ts';

/**
 * Plane `clusters`: u32 number of clusters; f32 mean of the rows, dims values; u32 first row of every cluster and the number of
 * rows; f32 scale a centroid; int8 centroids, dims bytes each.
 */
export interface ClusterPlane {
  mean: Float32Array;
  firstRow: Uint32Array;
  centroids: Int8Rows;
}

/** Writes the plane. */
export const packClusters = ({ centroids, firstRow }: Clustering, mean: Float32Array): Uint8Array => {
  const dims = mean.length;
  const clusters = firstRow.length - 1;
  const components = new Int8Array(clusters * dims);
  const scales = new Float32Array(clusters);
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const row = quantize(centroids.slice(cluster * dims, (cluster + 1) * dims), dims);
    components.set(row.components, cluster * dims);
    scales[cluster] = row.scale;
  }
  return Buffer.concat(
    [Uint32Array.of(clusters), mean, firstRow, scales, components].map((values) => bytesOf(values)),
  );
};

const isAscending = (firstRow: Uint32Array, rows: number): boolean =>
  firstRow[0] === 0 &&
  firstRow.at(-1) === rows &&
  firstRow.every((row, index) => index === 0 || row >= (firstRow[index - 1] ?? 0));

/** Reads the plane; undefined when its parts do not fit to each other. */
export const openClusters = (
  bytes: Uint8Array,
  { dims, rows }: { dims: number; rows: number },
): ClusterPlane | undefined => {
  const clusters = uint32sOf(bytes.subarray(0, 4))[0] ?? 0;
  const [mean, firstRow, scales] = [4, 4 + 4 * dims, 8 + 4 * dims + 4 * clusters];
  const components = scales + 4 * clusters;
  if (bytes.length !== components + clusters * dims) return undefined;
  const plane = {
    mean: float32sOf(bytes.subarray(mean, firstRow)),
    firstRow: uint32sOf(bytes.subarray(firstRow, scales)),
    centroids: {
      components: new Int8Array(bytes.buffer, bytes.byteOffset + components, clusters * dims),
      scales: float32sOf(bytes.subarray(scales, components)),
    },
  };
  return isAscending(plane.firstRow, rows) ? plane : undefined;
};

/** Mean of rows, from a sample of them. */
export const meanOf = (rows: Int8Rows, dims: number): Float32Array => {
  const count = rows.scales.length;
  const size = Math.min(count, 16_384);
  const sums = new Float64Array(dims);
  const row = new Float32Array(dims);
  for (let index = 0; index < size; index += 1) {
    const at = Math.floor((index * count) / size);
    dequantize(rows.components.subarray(at * dims, (at + 1) * dims), rows.scales[at] ?? 0, row);
    for (let dim = 0; dim < dims; dim += 1) sums[dim] = (sums[dim] as number) + (row[dim] as number);
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, size));
};
