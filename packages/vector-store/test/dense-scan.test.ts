import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { denseQuery, rowSimilarity, scanRows } from '../src/search/dense-scan.ts';
import { javascriptKernel } from '../src/kernel/javascript-kernel.ts';
import type { Int8Rows } from '../src/kernel/vector-kernel.ts';
import { wasmKernel } from '../src/kernel/wasm-kernel.ts';
import { quantize } from '../src/delta/int8-rows.ts';
import { TopK } from '../src/search/top-k.ts';
import { vectorOf } from './deltas.ts';

const WIDTH = 24;

// `kinds` rows that differ: the fewer, the more scores are equal.
const rowsOf = (count: number, kinds: number): Int8Rows => {
  const rows = { components: new Int8Array(count * WIDTH), scales: new Float32Array(count) };
  for (let row = 0; row < count; row += 1) {
    const { components, scale } = quantize(vectorOf((row * 31) % kinds, WIDTH), WIDTH);
    rows.components.set(components, row * WIDTH);
    rows.scales[row] = scale;
  }
  return rows;
};

const MASKS: Record<string, (row: number) => boolean> = {
  'every row': () => true,
  'every second row': (row) => row % 2 === 0,
  'every fiftieth row': (row) => row % 50 === 7,
  'the last rows': (row) => row > 4000,
  'no row': () => false,
};

describe('the dense scan', () => {
  it.each(Object.entries(MASKS))(
    'finds what an exact scan finds, to the last bit, when %s passes',
    (_name, passes) => {
      const count = 5000;
      for (const kinds of [4999, 60]) {
        const rows = rowsOf(count, kinds);
        const mask = Uint8Array.from({ length: count }, (_, row) => Number(passes(row)));
        fc.assert(
          fc.property(fc.nat(100_000), fc.constantFrom(1, 10, 300, 9000), fc.nat(2), (seed, k, before) => {
            const query = denseQuery(vectorOf(seed, WIDTH));
            const exact = new TopK(k);
            let floor = Infinity;
            const found = [new TopK(k), new TopK(k)];
            // What an earlier segment left.
            for (let position = 0; position < before; position += 1)
              for (const best of [exact, ...found]) best.push(position, 0.1 * position);
            for (let row = 0; row < count; row += 1) {
              if (!passes(row)) continue;
              const similarity = rowSimilarity(query, rows, row);
              floor = Math.min(floor, similarity);
              exact.push(before + row, similarity);
            }
            for (const [index, kernel] of [javascriptKernel, wasmKernel].entries()) {
              const best = found[index]!;
              const target = {
                best,
                positionOf: (row: number) => before + row,
                mask: passes === MASKS['every row'] ? undefined : mask,
                kernel,
              };
              expect(scanRows(query, rows, target)).toBe(floor);
              expect(best.sorted()).toEqual(exact.sorted());
            }
          }),
          { numRuns: 6 },
        );
      }
    },
  );
});
