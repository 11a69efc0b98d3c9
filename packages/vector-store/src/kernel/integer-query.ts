/** Room that a sum of products with int8 (as low as -128) has in i32. */
const LARGEST_SUM = Math.floor((2 ** 31 - 1) / 128);
const LARGEST = 32_767;

// What f32 arithmetic on scores of at most 1 can add to the error of rounding the query.
const FLOAT_ERROR = 1e-6;

/** A unit query rounded to integers. */
export interface IntegerQuery {
  components: Int16Array;
  /** What one integer is worth: step x components is about the unit query. */
  step: number;
  /** How far step x score of a unit row can be from the similarity with the exact query (Cauchy-Schwarz). */
  margin: number;
}

/** Rounds a unit query as finely as i16 components and i32 sums allow. */
export const integerQuery = (unit: Float64Array): IntegerQuery => {
  let [largest, sum] = [0, 0];
  for (const value of unit) {
    largest = Math.max(largest, Math.abs(value));
    sum += Math.abs(value);
  }
  // Rounding adds at most a half to each magnitude.
  const factor = Math.min(LARGEST / largest, (LARGEST_SUM - unit.length) / sum);
  const step = 1 / factor;
  const components = Int16Array.from(unit, (value) => Math.round(value * factor));
  let squares = 0;
  for (let index = 0; index < unit.length; index += 1)
    squares += ((unit[index] as number) - (components[index] as number) * step) ** 2;
  return { components, step, margin: 1.001 * Math.sqrt(squares) + FLOAT_ERROR };
};
