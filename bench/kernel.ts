import {
  denseQuery,
  javascriptKernel,
  KERNEL_WASM_BASE64,
  KernelMemory,
  rowSimilarity,
  SCAN_BATCH,
  scanRows,
  TopK,
  wasmKernel,
  type DenseQuery,
  type Int8Rows,
  type VectorKernel,
} from '@alluvium/vector-store/internals';
import { codeRows } from './support/kernel-codes.ts';
import { randomFloats, randomRows, turnsMs } from './support/kernel-data.ts';
import { below, machine, median, rounded, type Bar, type Report, type Row } from './support/report.ts';

const DIMS = 384;
const SIZES = [30_000, 100_000, 300_000];
const ROUNDS = 21;
/** JavaScript is so much slower that fewer rounds show it. */
const SLOW_ROUNDS = 5;
const K = 10;
/** How much longer than reading the rows an exact scan may take. */
const STREAM_BOUND = 1.5;
const INSTANTIATE_BOUND_MS = 5;
const QUANTIZED_ROWS = 20_000;

/** Rows in memory of the kernel. */
const inPlace = ({ components, scales }: Int8Rows): Int8Rows => {
  const bytes = wasmKernel.allocate(components.length);
  const moved = new Int8Array(bytes.buffer, bytes.byteOffset, components.length);
  moved.set(components);
  return { components: moved, scales };
};

const scoreAll = (kernel: VectorKernel, query: DenseQuery, rows: Int8Rows) => (): void => {
  const scan = kernel.scan(query.rounded.components, rows);
  for (let first = 0; first < rows.scales.length; first += SCAN_BATCH)
    scan.score(first, Math.min(SCAN_BATCH, rows.scales.length - first));
};

const search = (query: DenseQuery, rows: Int8Rows) => (): void => {
  const best = new TopK(K);
  scanRows(query, rows, { best, positionOf: (row) => row, mask: undefined });
};

// Every row in f64, as it was before there was a kernel.
const searchWithout = (query: DenseQuery, rows: Int8Rows) => (): void => {
  const best = new TopK(K);
  for (let row = 0; row < rows.scales.length; row += 1) best.push(row, rowSimilarity(query, rows, row));
};

const scanCase = (count: number): { rows: Row[]; bar: Bar } => {
  const copied = randomRows(count, DIMS);
  const query = denseQuery(randomFloats(DIMS, 7));
  const placed = inPlace(copied);
  const yardstick = new KernelMemory(copied.components.length);
  yardstick.write(yardstick.room, copied.components);
  const fast = turnsMs(ROUNDS, {
    'read the rows (stream)': () => yardstick.exports.stream(yardstick.room, yardstick.roomBytes),
    'score, kernel, rows in its memory': scoreAll(wasmKernel, query, placed),
    'score, kernel, rows copied': scoreAll(wasmKernel, query, copied),
    'top 10, exact, kernel': search(query, placed),
  });
  const slow = turnsMs(SLOW_ROUNDS, {
    'score, javascript': scoreAll(javascriptKernel, query, copied),
    'top 10, exact, no kernel': searchWithout(query, copied),
  });
  const times = { ...fast, ...slow };
  const streamMs = times['read the rows (stream)'] ?? Number.NaN;
  const scanMs = times['score, kernel, rows in its memory'] ?? Number.NaN;
  const rows = Object.entries(times).map(([system, ms]) => ({
    case: `${String(count)} x ${String(DIMS)} int8`,
    system,
    ms: rounded(ms),
    millionRowsPerS: rounded(count / ms / 1000),
    gbPerS: rounded((count * DIMS) / ms / 1e6),
    streams: rounded(ms / streamMs),
  }));
  return {
    rows,
    bar: below(`${String(count)} rows: scan / stream`, rounded(scanMs / streamMs), STREAM_BOUND),
  };
};

const quantizeRows = (): Row[] => {
  const vectors = randomFloats(QUANTIZED_ROWS * DIMS, 3);
  const into = { components: new Int8Array(vectors.length), scales: new Float32Array(QUANTIZED_ROWS) };
  const times = turnsMs(SLOW_ROUNDS, {
    kernel: () => wasmKernel.quantize(vectors, DIMS, into),
    javascript: () => javascriptKernel.quantize(vectors, DIMS, into),
  });
  return Object.entries(times).map(([system, ms]) => ({
    case: `quantize ${String(QUANTIZED_ROWS)} x ${String(DIMS)}`,
    system,
    ms: rounded(ms),
    millionRowsPerS: rounded(QUANTIZED_ROWS / ms / 1000),
  }));
};

// Before anything else has run: the engine has neither compiled nor optimized the kernel.
const startRows = (): { rows: Row[]; instantiateMs: number } => {
  const start = (task: () => unknown): number => {
    const startedMs = performance.now();
    task();
    return performance.now() - startedMs;
  };
  const data = randomRows(SIZES[0] ?? 0, DIMS);
  const query = denseQuery(randomFloats(DIMS, 7));
  const firstMs = start(() => new KernelMemory(0));
  const placed = inPlace(data);
  const searchMs = start(search(query, placed));
  const nextMs = median(Array.from({ length: ROUNDS }, () => start(() => new KernelMemory(0))));
  const wasmKb = Buffer.from(KERNEL_WASM_BASE64, 'base64').length / 1000;
  const rows: Row[] = [
    { case: 'start', system: 'compile the kernel and make its memory', ms: rounded(firstMs) },
    { case: 'start', system: 'one more memory (a segment)', ms: rounded(nextMs) },
    { case: 'start', system: `first top 10 over ${String(data.scales.length)} rows`, ms: rounded(searchMs) },
    { case: 'size', system: 'WebAssembly', kb: rounded(wasmKb) },
    { case: 'size', system: 'in a bundle, base64', kb: rounded(KERNEL_WASM_BASE64.length / 1000) },
  ];
  return { rows, instantiateMs: rounded(firstMs) };
};

/** How fast the vector kernel scans, against plain JavaScript and against the memory of the machine. */
export const run = (): Promise<Report> => {
  const { rows, instantiateMs } = startRows();
  const bars = [below('compile and instantiate, ms', instantiateMs, INSTANTIATE_BOUND_MS)];
  for (const count of SIZES) {
    const measured = scanCase(count);
    rows.push(...measured.rows);
    bars.push(measured.bar);
  }
  rows.push(...quantizeRows(), ...codeRows());
  return Promise.resolve({ name: 'kernel', machine: machine(), rows, bars });
};
