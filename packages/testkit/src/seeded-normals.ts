const mulberry32 = (seed: number) => {
  let state = seed >>> 0;
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Arrays of normally distributed numbers around 0, the same ones for the same seed and the same calls. */
export const seededNormals = (seed: number): ((count: number, deviation: number) => Float32Array) => {
  const uniform = mulberry32(seed);
  // Box-Muller; 1 - u, as the logarithm of 0 is not finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return (count, deviation) => Float32Array.from({ length: count }, () => deviation * normal());
};
