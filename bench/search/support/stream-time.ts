import { blockBytes, KernelMemory, rowStride } from '@alluvium/vector-store/internals';
import { median } from '../../support/report.ts';

const ROUNDS = 15;
const BLOCK_ROWS = 32;
const OTHER_BYTES = 600_000_000;

/** Median time of reading that many bytes of memory once, at the speed that the kernel can read. */
const streamMs = (bytes: number): number => {
  const memory = new KernelMemory(bytes);
  const values = new Uint8Array(memory.buffer, memory.room, bytes);
  // Pages that were never written are all one page.
  for (let at = 0; at < bytes; at += 1024) values[at] = at & 127;
  // Between two rounds something else is read, as between two searches: what is measured is memory, not a cache.
  const other = new KernelMemory(OTHER_BYTES);
  new Uint8Array(other.buffer, other.room, OTHER_BYTES).fill(1);
  const takenMs: number[] = [];
  for (let round = -2; round < ROUNDS; round += 1) {
    other.exports.stream(other.room, OTHER_BYTES);
    const startedMs = performance.now();
    memory.exports.stream(memory.room, bytes);
    if (round >= 0) takenMs.push(performance.now() - startedMs);
  }
  return median(takenMs);
};

/** The least time in which a scan of rows can end: all their 1-bit codes, or all their records, are read once. */
export interface StreamTimes {
  codesMs: number;
  rowsMs: number;
}

export const streamTimes = (count: number, dims: number): StreamTimes => ({
  codesMs: streamMs(Math.ceil(count / BLOCK_ROWS) * blockBytes(dims)),
  rowsMs: streamMs(count * rowStride(dims)),
});
