import type { Int8Rows } from '@alluvium/vector-store/internals';
import { median } from './report.ts';

/** Floats between -1 and 1 that depend on the seed only. */
export const randomFloats = (count: number, seed: number): Float32Array => {
  const floats = new Float32Array(count);
  let state = seed >>> 0;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    floats[index] = state / 2 ** 31 - 1;
  }
  return floats;
};

/** Quantized rows of unit length. */
export const randomRows = (count: number, dims: number): Int8Rows => {
  const components = new Int8Array(count * dims);
  const scales = new Float32Array(count);
  let state = 1;
  for (let row = 0; row < count; row += 1) {
    let squares = 0;
    for (let index = row * dims; index < (row + 1) * dims; index += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const component = ((state >>> 16) % 255) - 127;
      components[index] = component;
      squares += component * component;
    }
    scales[row] = 1 / Math.sqrt(squares);
  }
  return { components, scales };
};

/** Median time of each task in ms. They take turns, so that a disturbance meets all of them. */
export const turnsMs = (rounds: number, tasks: Record<string, () => unknown>): Record<string, number> => {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, [] as number[]]));
  // The first two rounds warm up.
  for (let round = -2; round < rounds; round += 1)
    for (const [name, task] of Object.entries(tasks)) {
      const startedMs = performance.now();
      task();
      if (round >= 0) times[name]?.push(performance.now() - startedMs);
    }
  return Object.fromEntries(Object.entries(times).map(([name, taken]) => [name, median(taken)]));
};
