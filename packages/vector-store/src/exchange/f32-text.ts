const MOST_DIGITS = 9;
// Powers that a double holds exactly: a whole number below 2^53 over one of them is the double nearest to that decimal.
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const [SMALLEST, LARGEST] = [1e-12, 1e6];

const search = (isEnough: (digits: number) => boolean): number => {
  // Most values of an embedding need eight or nine digits; those that need few need very few.
  let digits = isEnough(6) ? 1 : 7;
  while (digits < MOST_DIGITS && !isEnough(digits)) digits += 1;
  return digits;
};

const magnitudeText = (magnitude: number): string => {
  const exponent = Math.floor(Math.log10(magnitude));
  const rounded = (digits: number): number => {
    const power = POWERS[digits - 1 - exponent] ?? 1;
    return Math.round(magnitude * power) / power;
  };
  if (magnitude < SMALLEST || magnitude >= LARGEST) return extremeText(magnitude);
  const digits = search((count) => Math.fround(rounded(count)) === magnitude);
  const decimal = rounded(digits);
  return Math.fround(decimal) === magnitude ? String(decimal) : extremeText(magnitude);
};

const extremeText = (magnitude: number): string => {
  const digits = search((count) => Math.fround(Number(magnitude.toPrecision(count))) === magnitude);
  return String(Number(magnitude.toPrecision(digits)));
};

/** The shortest decimal that rounds to the same f32, as JSON writes numbers; -0 keeps its sign. `value` is a finite f32. */
export const f32Text = (value: number): string => {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return value < 0 ? `-${magnitudeText(-value)}` : magnitudeText(value);
};
