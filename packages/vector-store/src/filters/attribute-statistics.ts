import type { Scalar } from './search-filters.ts';

/** What values of one attribute lie between, by type; a type is absent when no value has it. JSON. */
export interface AttributeStatistics {
  /** Smallest and largest. */
  numbers?: [number, number];
  /** A string not above and one not below any, of at most 64 UTF-16 units, ordered as `<` orders strings. */
  strings?: [string, string];
  /** Those that occur. */
  booleans?: boolean[];
}

/** Longest string in statistics, in UTF-16 units. */
export const MOST_BOUND_UNITS = 64;

/** A string not above `text`: its beginning, up to what not every JSON reader takes (half a surrogate pair). */
export const lowerBound = (text: string): string => {
  const cut = text.slice(0, MOST_BOUND_UNITS);
  const wellFormed = cut.toWellFormed();
  let length = 0;
  while (length < cut.length && cut[length] === wellFormed[length]) length += 1;
  return cut.slice(0, length);
};

/** A string not below `text`, or undefined when there is none so short. */
export const upperBound = (text: string): string | undefined => {
  // toWellFormed puts U+FFFD for half a pair, which is above every surrogate.
  if (text.length <= MOST_BOUND_UNITS) return text.toWellFormed();
  for (let at = MOST_BOUND_UNITS - 1; at >= 0; at -= 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0xffff) continue;
    return (text.slice(0, at) + String.fromCharCode(unit + 1)).toWellFormed();
  }
  return undefined;
};

interface Extremes<T> {
  least?: T;
  most?: T;
}

const extend = <T extends string | number>(extremes: Extremes<T>, value: T): void => {
  if (extremes.least === undefined || value < extremes.least) extremes.least = value;
  if (extremes.most === undefined || value > extremes.most) extremes.most = value;
};

const stringsOf = ({ least, most }: Extremes<string>): [string, string] | undefined => {
  const upper = most === undefined ? undefined : upperBound(most);
  return least === undefined || upper === undefined ? undefined : [lowerBound(least), upper];
};

/** Statistics of distinct values; undefined when a string has no short upper bound. */
export const describeValues = (values: Iterable<Scalar>): AttributeStatistics | undefined => {
  const numbers: Extremes<number> = {};
  const strings: Extremes<string> = {};
  const booleans = new Set<boolean>();
  for (const value of values)
    if (typeof value === 'number') extend(numbers, value);
    else if (typeof value === 'string') extend(strings, value);
    else booleans.add(value);
  const bounds = stringsOf(strings);
  if (strings.most !== undefined && !bounds) return undefined;
  const { least, most } = numbers;
  return {
    ...(least !== undefined && most !== undefined && { numbers: [least, most] }),
    ...(bounds && { strings: bounds }),
    ...(booleans.size > 0 && { booleans: [...booleans] }),
  };
};

const isPairOf = (value: unknown, type: 'number' | 'string'): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((bound) => typeof bound === type);

/** Statistics as they were stored; undefined, so nothing known, when they have another shape. */
export const asStatistics = (value: unknown): AttributeStatistics | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { numbers, strings, booleans } = value as Record<string, unknown>;
  const isSound =
    (numbers === undefined || isPairOf(numbers, 'number')) &&
    (strings === undefined || isPairOf(strings, 'string')) &&
    (booleans === undefined || Array.isArray(booleans));
  return isSound ? value : undefined;
};
