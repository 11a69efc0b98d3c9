import type { KernelMemory } from './kernel-memory.ts';
import type { Int8Rows, Int8Scan } from './vector-kernel.ts';

/** A scan by the compiled kernel: in place when the rows lie in `memory`, else block after block through its room. */
export class WasmScan implements Int8Scan {
  readonly #memory: KernelMemory;
  readonly #query: Int16Array;
  readonly #dims: number;
  readonly #stride: number;
  readonly #rows: Int8Rows;
  readonly #isInPlace: boolean;
  #scored = 0;

  constructor(memory: KernelMemory, query: Int16Array, rows: Int8Rows) {
    this.#memory = memory;
    this.#rows = rows;
    this.#isInPlace = rows.components.buffer === memory.buffer;
    // The kernel reads whole groups of 16 components.
    this.#query = new Int16Array(Math.ceil(query.length / 16) * 16);
    this.#query.set(query);
    this.#dims = query.length;
    this.#stride = rows.stride ?? query.length;
  }

  score(first: number, count: number): Float32Array {
    const { exports, query, scales, scores } = this.#memory;
    this.#memory.write(query, this.#query);
    this.#memory.write(scales, this.#rows.scales.subarray(first, first + count));
    const blockRows = this.#isInPlace ? count : Math.floor(this.#memory.roomBytes / this.#stride);
    for (let done = 0; done < count; done += blockRows) {
      const rows = Math.min(blockRows, count - done);
      const address = this.#addressOf(first + done, rows);
      exports.score_int8(
        address,
        this.#stride,
        rows,
        this.#dims,
        query,
        scales + 4 * done,
        scores + 4 * done,
      );
    }
    return this.#answer(count);
  }

  scoreAt(rows: Uint32Array): Float32Array {
    const { exports, query, scales, scores } = this.#memory;
    this.#memory.write(query, this.#query);
    this.#memory.write(
      scales,
      Float32Array.from(rows, (row) => this.#rows.scales[row] as number),
    );
    if (this.#isInPlace) {
      this.#memory.write(this.#memory.rows, rows);
      const origin = this.#rows.components.byteOffset;
      exports.score_int8_at(
        origin,
        this.#stride,
        this.#memory.rows,
        rows.length,
        this.#dims,
        query,
        scales,
        scores,
      );
      return this.#answer(rows.length);
    }
    rows.forEach((row, index) => {
      const address = this.#addressOf(row, 1);
      exports.score_int8(address, this.#stride, 1, this.#dims, query, scales + 4 * index, scores + 4 * index);
    });
    return this.#answer(rows.length);
  }

  beyond(low: number, high: number): Uint32Array {
    const { exports, buffer, scores, places } = this.#memory;
    return new Uint32Array(buffer, places, exports.beyond(scores, this.#scored, low, high, places));
  }

  #answer(count: number): Float32Array {
    this.#scored = count;
    return new Float32Array(this.#memory.buffer, this.#memory.scores, count);
  }

  #addressOf(first: number, count: number): number {
    const { components } = this.#rows;
    if (this.#isInPlace) return components.byteOffset + first * this.#stride;
    this.#memory.write(
      this.#memory.room,
      components.subarray(first * this.#stride, (first + count) * this.#stride),
    );
    return this.#memory.room;
  }
}
