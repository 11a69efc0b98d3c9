/** Most rows of one call of a scan. */
export const SCAN_BATCH = 4096;

/** Dimensions that the compiled kernel serves; more are calculated in JavaScript. */
export const MAX_DIMS = 4096;

/** Rows of a block of 1-bit codes. */
export const BLOCK_ROWS = 32;

/** Quantized rows: the components of row r begin at r x stride; and a scale a row. */
export interface Int8Rows {
  components: Int8Array;
  scales: Float32Array;
  /** Bytes from one row to the next; dims when absent. */
  stride?: number;
}

/** One query against one set of rows. What it returns is overwritten by the next call to the same kernel. */
export interface Int8Scan {
  /** Scores of `count` (at most SCAN_BATCH) rows from `first` on: f32(integer dot product) x scale, in f32. */
  score(first: number, count: number): Float32Array;
  /** The same for the rows named, at most SCAN_BATCH. */
  scoreAt(rows: Uint32Array): Float32Array;
  /** Places in the last scores that are at most `low` or at least `high`, ascending; the bounds are rounded to f32. */
  beyond(low: number, high: number): Uint32Array;
}

/** A fixed rotation of vectors of `dims` components (a multiple of 4). */
export interface Rotation {
  dims: number;
  /** The greatest power of two within dims: the size of a Walsh-Hadamard transform. */
  window: number;
  /** Four rounds of dims signs, 1 or -1. */
  signs: Float32Array;
  /** f32(1 / sqrt(window)). */
  norm: number;
}

/** What a query scores against 1-bit codes: offset + factor x (sum of table bytes x step + bias). */
export interface CodeQuery {
  /** 16 bytes for every four dims: the worth of each pattern of four signs. */
  table: Uint8Array;
  /** step, bias, offset. */
  terms: Float32Array;
}

/**
 * The arithmetic of the vector store. Both kernels give equal results, bit by bit: integers are exact, and every float
 * is f32 (quantize: f64) with the same order of additions.
 */
export interface VectorKernel {
  readonly name: 'wasm-simd' | 'javascript';
  /** Zeroed bytes; int8 rows and codes that lie in them, when they are many, are scored without a copy. */
  readonly allocate: (sizeBytes: number) => Uint8Array;
  /** Prepares a scan. The sum of |query| must not exceed 16,777,215, so that no dot product leaves i32. */
  scan(query: Int16Array, rows: Int8Rows): Int8Scan;
  /** Dot products of rows (f32, rows x dims) with a query. */
  scoreF32(query: Float32Array, rows: Float32Array, scores: Float32Array): void;
  /** Quantizes vectors (f32, rows x dims) into `into`. Returns the first row that is zero or not finite, or the number of rows. */
  quantize(vectors: Float32Array, dims: number, into: Int8Rows): number;
  /** Rotates one vector in place. */
  rotate(values: Float32Array, rotation: Rotation): void;
  /** Encodes rows (f32, rows x rotation.dims, less the mean; overwritten) into zeroed blocks. */
  encode(rows: Float32Array, rotation: Rotation, blocks: Uint8Array): void;
  /** Scores of every row of the blocks, BLOCK_ROWS a block. */
  scoreCodes(query: CodeQuery, blocks: Uint8Array, scores: Float32Array): void;
}

/** Bytes of a block: 4 bits a row for every four dims, then a factor (f32) a row. */
export const blockBytes = (dims: number): number => dims * 4 + BLOCK_ROWS * 4;
