/** Chance that a seed repeats. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number;
  pick: <T>(values: readonly T[]) => T;
}

/** xorshift32: enough to choose what to break. */
export const randomOf = (seed: number): Random => {
  let state = (Math.imul(seed + 1, 2_654_435_761) | 1) >>> 0;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  below(2);
  below(2);
  return { below, pick: (values) => values[below(values.length)] as (typeof values)[number] };
};
