const TABLE_SIZE = 65_536;

// Coefficients of Acklam's rational approximation of the inverse normal distribution function; relative error 1.2e-9.
const CENTRE_TOP = [
  -39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269, -30.6647980661472,
  2.50662827745924,
];
const CENTRE_BOTTOM = [
  -54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197, -13.2806815528857, 1,
];
const TAIL_TOP = [
  -0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373, 4.37466414146497,
  2.93816398269878,
];
const TAIL_BOTTOM = [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742, 1];
const TAIL = 0.02425;

const polynomial = (coefficients: readonly number[], at: number): number =>
  coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);

const inverseNormal = (probability: number): number => {
  if (probability > 0.5) return -inverseNormal(1 - probability);
  if (probability < TAIL) {
    const at = Math.sqrt(-2 * Math.log(probability));
    return polynomial(TAIL_TOP, at) / polynomial(TAIL_BOTTOM, at);
  }
  const offset = probability - 0.5;
  const square = offset * offset;
  return (polynomial(CENTRE_TOP, square) * offset) / polynomial(CENTRE_BOTTOM, square);
};

// A look-up costs a tenth of a logarithm and a cosine: hundreds of millions of numbers are drawn.
const NORMALS = Float32Array.from({ length: TABLE_SIZE }, (_, index) =>
  inverseNormal((index + 0.5) / TABLE_SIZE),
);

/** Numbers that depend on the seed only (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (bits ^ (bits >>> 14)) >>> 0;
  }

  /** From 0 up to, not including, 1. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Standard normal; the tails end at 4.3. */
  normal(): number {
    return NORMALS[this.bits() >>> 16] ?? 0;
  }

  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal());
  }
}

/** Draws an index with a chance proportional to its weight. */
export const weightedChoice = (weights: readonly number[]): ((random: Random) => number) => {
  let sum = 0;
  const bounds = Float64Array.from(weights, (weight) => (sum += weight));
  return (random) => {
    const at = random.uniform() * sum;
    let [low, high] = [0, bounds.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((bounds[middle] ?? sum) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  };
};
