import { KERNEL_WASM_BASE64 } from './kernel-wasm.ts';
import { webAssembly } from './web-assembly.ts';
import { MAX_DIMS, SCAN_BATCH } from './vector-kernel.ts';

/** Functions of vector-kernel.c; numbers are addresses and counts. */
export interface KernelExports {
  heap_base(): number;
  score_int8(
    ...addresses: [
      rows: number,
      stride: number,
      count: number,
      dims: number,
      query: number,
      scales: number,
      scores: number,
    ]
  ): void;
  score_int8_at(
    ...addresses: [
      rows: number,
      stride: number,
      at: number,
      count: number,
      dims: number,
      query: number,
      scales: number,
      scores: number,
    ]
  ): void;
  beyond(scores: number, count: number, low: number, high: number, places: number): number;
  score_f32(rows: number, count: number, dims: number, query: number, scores: number): void;
  quantize(rows: number, count: number, dims: number, components: number, scales: number): number;
  rotate(values: number, dims: number, window: number, signs: number, norm: number): void;
  encode(
    ...addresses: [
      rows: number,
      count: number,
      dims: number,
      window: number,
      signs: number,
      norm: number,
      blocks: number,
    ]
  ): void;
  score_codes(
    blocks: number,
    count: number,
    dims: number,
    table: number,
    terms: number,
    scores: number,
  ): void;
  stream(from: number, bytes: number): number;
}

const PAGE_BYTES = 65_536;
const BATCH_BYTES = SCAN_BATCH * 4;
// The integer loops read up to 15 bytes past the last row.
const OVERRUN_BYTES = 64;

const aligned = (address: number): number => Math.ceil(address / 64) * 64;

const wasmBytes = (): Uint8Array => Buffer.from(KERNEL_WASM_BASE64, 'base64');

/** Whether this runtime has WebAssembly SIMD. */
export const isKernelSupported = (): boolean => webAssembly?.validate(wasmBytes()) ?? false;

let compiled: object | undefined;

const instantiate = (pages: number) => {
  if (!webAssembly) throw new Error('This runtime has no WebAssembly');
  const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
  compiled ??= new webAssembly.Module(wasmBytes());
  const { exports } = new webAssembly.Instance(compiled, { env: { memory } });
  return { exports: exports as KernelExports, buffer: memory.buffer };
};

/**
 * A linear memory with an instance of the kernel on it: fixed places for a query and for what a batch takes and gives, then
 * room for data. It never grows, because growing detaches every view; who needs more room makes another memory, which
 * is collected together with the last view on it.
 */
export class KernelMemory {
  readonly exports: KernelExports;
  readonly buffer: ArrayBuffer;
  readonly query: number;
  readonly terms: number;
  readonly rows: number;
  readonly scales: number;
  readonly scores: number;
  readonly places: number;
  /** The first byte of `roomBytes` free ones. */
  readonly room: number;
  readonly roomBytes: number;

  /** Error: RangeError when there is no memory left. */
  constructor(roomBytes: number) {
    this.roomBytes = roomBytes;
    // The heap base is known only to an instance, and lies within the first page: the stack comes first.
    const fixedBytes = PAGE_BYTES + MAX_DIMS * 4 + 64 + 4 * BATCH_BYTES + OVERRUN_BYTES;
    const pages = Math.ceil((fixedBytes + roomBytes) / PAGE_BYTES);
    const { exports, buffer } = instantiate(pages);
    this.exports = exports;
    this.buffer = buffer;
    this.query = aligned(this.exports.heap_base());
    this.terms = this.query + MAX_DIMS * 4;
    this.rows = this.terms + 64;
    this.scales = this.rows + BATCH_BYTES;
    this.scores = this.scales + BATCH_BYTES;
    this.places = this.scores + BATCH_BYTES;
    this.room = this.places + BATCH_BYTES;
  }

  /** Copies a typed array to an address. */
  write(address: number, values: ArrayBufferView): void {
    new Uint8Array(this.buffer, address, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
  }
}
