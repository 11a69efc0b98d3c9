import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { vectorKernel } from '../kernel/choose-kernel.ts';
import { integerQuery } from '../kernel/integer-query.ts';
import { SCAN_BATCH, type Int8Rows, type Int8Scan } from '../kernel/vector-kernel.ts';

/** Rows that a cluster has on average: one cluster is one read of some 150 kB. */
const ROWS_A_CLUSTER = 384;
/** Smaller segments are read whole, so that clusters would serve nobody. */
const LEAST_ROWS = 8192;
const TRAINING_ROWS_A_CLUSTER = 40;
const ROUNDS = 8;

/** Which rows lie together. */
export interface Clustering {
  /** Clusters x dims, of unit length. */
  centroids: Float32Array;
  /** Rows of the first cluster, then of the second, ... */
  order: Uint32Array;
  /** Clusters + 1 places in `order`. */
  firstRow: Uint32Array;
}

interface Nearest {
  cluster: Uint32Array;
  similarity: Float32Array;
}

const clustersFor = (rows: number): number =>
  rows < LEAST_ROWS ? Math.min(rows, 1) : Math.ceil(rows / ROWS_A_CLUSTER);

/** Copies rows next to each other into memory of the kernel. */
export const gatherRows = (rows: Int8Rows, dims: number, chosen: Uint32Array): Int8Rows => {
  const stride = rows.stride ?? dims;
  const bytes = vectorKernel().allocate(chosen.length * dims);
  const components = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const scales = new Float32Array(chosen.length);
  chosen.forEach((row, index) => {
    components.set(rows.components.subarray(row * stride, row * stride + dims), index * dims);
    scales[index] = rows.scales[row] ?? 0;
  });
  return { components, scales };
};

const updateNearest = (
  nearest: Nearest,
  scores: Float32Array,
  { first, cluster, step }: { first: number; cluster: number; step: number },
): void => {
  for (let index = 0; index < scores.length; index += 1) {
    const similarity = (scores[index] as number) * step;
    if (similarity <= (nearest.similarity[first + index] as number)) continue;
    nearest.similarity[first + index] = similarity;
    nearest.cluster[first + index] = cluster;
  }
};

// A batch of rows stays in the processor's cache while all centroids pass over it.
const assign = async (rows: Int8Rows, centroids: Float32Array, dims: number): Promise<Nearest> => {
  const scans: { scan: Int8Scan; step: number }[] = [];
  for (let at = 0; at < centroids.length; at += dims) {
    const { components, step } = integerQuery(Float64Array.from(centroids.subarray(at, at + dims)));
    scans.push({ scan: vectorKernel().scan(components, rows), step });
  }
  const count = rows.scales.length;
  const nearest = {
    cluster: new Uint32Array(count),
    similarity: new Float32Array(count).fill(-Infinity),
  };
  for (let first = 0; first < count; first += SCAN_BATCH) {
    const size = Math.min(SCAN_BATCH, count - first);
    scans.forEach(({ scan, step }, cluster) => {
      updateNearest(nearest, scan.score(first, size), { first, cluster, step });
    });
    await yieldToEvents();
  }
  return nearest;
};

/** Scales vectors to unit length; gives the ones that have none. */
const normalize = (centroids: Float32Array, dims: number): number[] => {
  const empty: number[] = [];
  for (let at = 0; at < centroids.length; at += dims) {
    let squares = 0;
    for (let index = at; index < at + dims; index += 1) squares += (centroids[index] as number) ** 2;
    if (squares === 0) empty.push(at / dims);
    else {
      const factor = 1 / Math.sqrt(squares);
      for (let index = at; index < at + dims; index += 1)
        centroids[index] = (centroids[index] as number) * factor;
    }
  }
  return empty;
};

const addRow = (
  target: Float32Array,
  at: number,
  rows: Int8Rows,
  { row, dims }: { row: number; dims: number },
): void => {
  const scale = rows.scales[row] as number;
  for (let index = 0; index < dims; index += 1)
    target[at + index] =
      (target[at + index] as number) + (rows.components[row * dims + index] as number) * scale;
};

// A cluster without rows begins anew at a row that its own cluster describes worst.
const refill = (
  centroids: Float32Array,
  empty: readonly number[],
  { rows, dims, nearest }: { rows: Int8Rows; dims: number; nearest: Nearest },
): void => {
  if (empty.length === 0) return;
  const worst = Array.from(nearest.similarity.keys()).sort(
    (left, right) => (nearest.similarity[left] as number) - (nearest.similarity[right] as number),
  );
  empty.forEach((cluster, index) => {
    addRow(centroids, cluster * dims, rows, { row: worst[index % worst.length] ?? 0, dims });
  });
};

const meansOf = (
  rows: Int8Rows,
  nearest: Nearest,
  { clusters, dims }: { clusters: number; dims: number },
) => {
  const centroids = new Float32Array(clusters * dims);
  nearest.cluster.forEach((cluster, row) => {
    addRow(centroids, cluster * dims, rows, { row, dims });
  });
  refill(centroids, normalize(centroids, dims), { rows, dims, nearest });
  normalize(centroids, dims);
  return centroids;
};

// Lloyd's algorithm on a sample, by cosine. Without chance: the same rows give the same clusters.
const train = async (rows: Int8Rows, dims: number, clusters: number): Promise<Float32Array> => {
  const count = rows.scales.length;
  const size = Math.min(count, clusters * TRAINING_ROWS_A_CLUSTER);
  const chosen = Uint32Array.from({ length: size }, (_, index) => Math.floor((index * count) / size));
  const sample = gatherRows(rows, dims, chosen);
  const everyOther = new Float32Array(clusters * dims);
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const row = Math.floor((cluster * size) / clusters);
    addRow(everyOther, cluster * dims, sample, { row, dims });
  }
  normalize(everyOther, dims);
  let centroids = everyOther;
  for (let round = 0; round < (clusters === 1 ? 1 : ROUNDS); round += 1) {
    const nearest = await assign(sample, centroids, dims);
    centroids = meansOf(sample, nearest, { clusters, dims });
  }
  return centroids;
};

const similarityOf = (
  centroids: Float32Array,
  dims: number,
  [left, right]: readonly [number, number],
): number => {
  let sum = 0;
  for (let index = 0; index < dims; index += 1)
    sum += (centroids[left * dims + index] as number) * (centroids[right * dims + index] as number);
  return sum;
};

// Each next cluster is the one nearest to the last: clusters that are probed together often lie side by side.
const chain = (centroids: Float32Array, dims: number, filled: readonly number[]): number[] => {
  const left = new Set(filled);
  const ordered: number[] = [];
  let last = filled[0];
  while (last !== undefined) {
    ordered.push(last);
    left.delete(last);
    let [next, best]: [number | undefined, number] = [undefined, -Infinity];
    for (const candidate of left) {
      const similarity = similarityOf(centroids, dims, [last, candidate]);
      if (similarity > best) [next, best] = [candidate, similarity];
    }
    last = next;
  }
  return ordered;
};

/** Groups rows by direction: about one cluster for every 384, one for a small segment. */
export const clusterRows = async (rows: Int8Rows, dims: number): Promise<Clustering> => {
  const count = rows.scales.length;
  const clusters = clustersFor(count);
  if (clusters === 0)
    return { centroids: new Float32Array(), order: new Uint32Array(), firstRow: Uint32Array.of(0) };
  const trained = await train(rows, dims, clusters);
  const { cluster } = await assign(rows, trained, dims);
  const members = Array.from({ length: clusters }, () => [] as number[]);
  cluster.forEach((index, row) => members[index]?.push(row));
  const filled = members.flatMap((list, index) => (list.length > 0 ? [index] : []));
  const ordered = chain(trained, dims, filled);
  const centroids = new Float32Array(ordered.length * dims);
  const order = new Uint32Array(count);
  const firstRow = new Uint32Array(ordered.length + 1);
  ordered.forEach((index, place) => {
    centroids.set(trained.subarray(index * dims, (index + 1) * dims), place * dims);
    const list = members[index] ?? [];
    order.set(list, firstRow[place]);
    firstRow[place + 1] = (firstRow[place] ?? 0) + list.length;
  });
  return { centroids, order, firstRow };
};
