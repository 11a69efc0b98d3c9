import { javascriptKernel } from './javascript-kernel.ts';
import { isKernelSupported, KernelMemory } from './kernel-memory.ts';
import {
  BLOCK_ROWS,
  blockBytes,
  MAX_DIMS,
  SCAN_BATCH,
  type CodeQuery,
  type Int8Rows,
  type Rotation,
  type VectorKernel,
} from './vector-kernel.ts';
import { WasmScan } from './wasm-scan.ts';

/** Room for what lives in JavaScript memory and is copied in blocks: within the second cache, and for 32 rows of MAX_DIMS floats. */
const SCRATCH_BYTES = 768 * 1024;

// Which kernel's memory a buffer is; forgets a memory with its last view.
const memories = new WeakMap<ArrayBufferLike, KernelMemory>();

let scratchMemory: KernelMemory | undefined;
const scratch = (): KernelMemory => (scratchMemory ??= new KernelMemory(SCRATCH_BYTES));

// A linear memory reserves gigabytes of addresses: where these are limited, rows stay in JavaScript and are copied.
const isOutOfMemory = (error: unknown): boolean => (error as Error).name === 'RangeError';

/** Less is copied in less time than it takes to read it once from main memory. */
const IN_PLACE_BYTES = 1_000_000;

const allocate = (sizeBytes: number): Uint8Array => {
  if (sizeBytes < IN_PLACE_BYTES) return new Uint8Array(sizeBytes);
  try {
    const memory = new KernelMemory(sizeBytes);
    memories.set(memory.buffer, memory);
    return new Uint8Array(memory.buffer, memory.room, sizeBytes);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return new Uint8Array(sizeBytes);
  }
};

const scan = (query: Int16Array, rows: Int8Rows) =>
  query.length > MAX_DIMS
    ? javascriptKernel.scan(query, rows)
    : new WasmScan(memories.get(rows.components.buffer) ?? scratch(), query, rows);

const scoreF32 = (query: Float32Array, rows: Float32Array, scores: Float32Array): void => {
  const dims = query.length;
  if (dims > MAX_DIMS) {
    javascriptKernel.scoreF32(query, rows, scores);
    return;
  }
  const memory = scratch();
  memory.write(memory.query, query);
  const most = Math.min(SCAN_BATCH, Math.floor(memory.roomBytes / (dims * 4)));
  for (let first = 0; first < scores.length; first += most) {
    const count = Math.min(most, scores.length - first);
    memory.write(memory.room, rows.subarray(first * dims, (first + count) * dims));
    memory.exports.score_f32(memory.room, count, dims, memory.query, memory.scores);
    scores.set(new Float32Array(memory.buffer, memory.scores, count), first);
  }
};

// Rows are padded with zeros to whole groups of four, which change neither the largest magnitude nor the length.
const quantize = (vectors: Float32Array, dims: number, { components, scales }: Int8Rows): number => {
  if (dims > MAX_DIMS) return javascriptKernel.quantize(vectors, dims, { components, scales });
  const memory = scratch();
  const width = Math.ceil(dims / 4) * 4;
  const most = Math.min(SCAN_BATCH, Math.floor(memory.roomBytes / (width * 5)));
  const output = memory.room + most * width * 4;
  const room = new Float32Array(memory.buffer, memory.room, most * width);
  if (width !== dims) room.fill(0);
  for (let first = 0; first < scales.length; first += most) {
    const count = Math.min(most, scales.length - first);
    for (let row = 0; row < count; row += 1)
      room.set(vectors.subarray((first + row) * dims, (first + row + 1) * dims), row * width);
    const done = memory.exports.quantize(memory.room, count, width, output, memory.scales);
    for (let row = 0; row < done; row += 1)
      components.set(new Int8Array(memory.buffer, output + row * width, dims), (first + row) * dims);
    scales.set(new Float32Array(memory.buffer, memory.scales, done), first);
    if (done < count) return first + done;
  }
  return scales.length;
};

const rotate = (values: Float32Array, rotation: Rotation): void => {
  const { dims, window, signs, norm } = rotation;
  if (dims > MAX_DIMS) {
    javascriptKernel.rotate(values, rotation);
    return;
  }
  const memory = scratch();
  const place = memory.room + signs.byteLength;
  memory.write(memory.room, signs);
  memory.write(place, values);
  memory.exports.rotate(place, dims, window, memory.room, norm);
  values.set(new Float32Array(memory.buffer, place, dims));
};

const encode = (rows: Float32Array, rotation: Rotation, blocks: Uint8Array): void => {
  const { dims, window, signs, norm } = rotation;
  if (dims > MAX_DIMS) {
    javascriptKernel.encode(rows, rotation, blocks);
    return;
  }
  const memory = scratch();
  memory.write(memory.room, signs);
  const output = memory.room + signs.byteLength;
  const place = output + blockBytes(dims);
  const result = new Uint8Array(memory.buffer, output, blockBytes(dims));
  for (let block = 0; block * BLOCK_ROWS * dims < rows.length; block += 1) {
    const group = rows.subarray(block * BLOCK_ROWS * dims, (block + 1) * BLOCK_ROWS * dims);
    memory.write(place, group);
    result.fill(0);
    memory.exports.encode(place, group.length / dims, dims, window, memory.room, norm, output);
    blocks.set(result, block * blockBytes(dims));
  }
};

const scoreCodes = ({ table, terms }: CodeQuery, blocks: Uint8Array, scores: Float32Array): void => {
  const dims = table.length / 4;
  if (dims > MAX_DIMS) {
    javascriptKernel.scoreCodes({ table, terms }, blocks, scores);
    return;
  }
  const home = memories.get(blocks.buffer);
  const memory = home ?? scratch();
  const size = blockBytes(dims);
  const most = Math.min(SCAN_BATCH / BLOCK_ROWS, home ? Infinity : Math.floor(memory.roomBytes / size));
  memory.write(memory.query, table);
  memory.write(memory.terms, terms);
  for (let first = 0; first * BLOCK_ROWS < scores.length; first += most) {
    const part = blocks.subarray(first * size, (first + most) * size);
    if (!home) memory.write(memory.room, part);
    const address = home ? part.byteOffset : memory.room;
    memory.exports.score_codes(address, part.length / size, dims, memory.query, memory.terms, memory.scores);
    const rows = Math.min((part.length / size) * BLOCK_ROWS, scores.length - first * BLOCK_ROWS);
    scores.set(new Float32Array(memory.buffer, memory.scores, rows), first * BLOCK_ROWS);
  }
};

/** The kernel compiled from vector-kernel.c. Needs WebAssembly SIMD: see openWasmKernel. */
export const wasmKernel: VectorKernel = {
  name: 'wasm-simd',
  allocate,
  scan,
  scoreF32,
  quantize,
  rotate,
  encode,
  scoreCodes,
};

/** The compiled kernel with its scratch memory; undefined where the runtime has no WebAssembly SIMD or no addresses left. */
export const openWasmKernel = (): VectorKernel | undefined => {
  if (!isKernelSupported()) return undefined;
  try {
    scratch();
    return wasmKernel;
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return undefined;
  }
};
