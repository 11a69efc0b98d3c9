import type { AttributeStatistics } from './attribute-statistics.ts';
import { parseFilters } from './parse-filters.ts';
import {
  isRange,
  listOf,
  type AttributeFilter,
  type RangeFilter,
  type Scalar,
  type SearchFilters,
} from './search-filters.ts';

/** The condition on one attribute. */
export interface AttributeCondition {
  name: string;
  passes: (value: Scalar) => boolean;
  /** False when no value that the statistics allow passes. */
  mayPass: (statistics: AttributeStatistics) => boolean;
}

/** Milliseconds since 1970, `from` inclusive and `to` exclusive; infinite where nothing was asked. */
export interface TimeSpan {
  from: number;
  to: number;
}

/** Filters, ready to be evaluated over many values. */
export interface CompiledFilters {
  entities?: ReadonlySet<string>;
  ids?: readonly string[];
  times?: TimeSpan;
  attributes: AttributeCondition[];
}

type Bounds = { [Bound in keyof RangeFilter]: RangeFilter[Bound] | undefined };

const inRange = (value: Scalar, { gt, gte, lt, lte }: Bounds): boolean => {
  // A bound speaks of values of its own type only.
  const holds = <T extends Scalar>(bound: T | undefined, compare: (value: T, bound: T) => boolean): boolean =>
    bound === undefined || (typeof bound === typeof value && compare(value as T, bound));
  return (
    holds(gt, (one, other) => one > other) &&
    holds(gte, (one, other) => one >= other) &&
    holds(lt, (one, other) => one < other) &&
    holds(lte, (one, other) => one <= other)
  );
};

/** Whether the interval `least` to `most` may have a value within the bounds. */
const overlaps = ([least, most]: [Scalar, Scalar], { gt, gte, lt, lte }: Bounds): boolean =>
  inRange(most, { gt, gte }) && inRange(least, { lt, lte });

const rangeMayPass = ({ numbers, strings, booleans }: AttributeStatistics, range: RangeFilter): boolean =>
  (numbers !== undefined && overlaps(numbers, range)) ||
  (strings !== undefined && overlaps(strings, range)) ||
  (booleans !== undefined && Object.keys(range).length === 0);

const valueMayOccur = ({ numbers, strings, booleans }: AttributeStatistics, value: Scalar): boolean => {
  if (typeof value === 'boolean') return booleans?.includes(value) ?? false;
  const bounds: [Scalar, Scalar] | undefined = typeof value === 'number' ? numbers : strings;
  return bounds !== undefined && value >= bounds[0] && value <= bounds[1];
};

const compileAttribute = (name: string, filter: AttributeFilter): AttributeCondition => {
  if (isRange(filter))
    return {
      name,
      passes: (value) => inRange(value, filter),
      mayPass: (statistics) => rangeMayPass(statistics, filter),
    };
  const wanted = new Set(listOf<Scalar>(filter));
  return {
    name,
    passes: (value) => wanted.has(value),
    mayPass: (statistics) => [...wanted].some((value) => valueMayOccur(statistics, value)),
  };
};

const NO_LIMITS = { conditions: Infinity, values: Infinity };

/** Checks the filters, without the limits on requests, and prepares them. Error: FILTER_INVALID. */
export const compileFilters = (filters: SearchFilters): CompiledFilters => {
  const { entity, id, since, until, attributes = {} } = parseFilters(filters, NO_LIMITS);
  return {
    ...(entity !== undefined && { entities: new Set(listOf(entity)) }),
    ...(id !== undefined && { ids: listOf(id) }),
    ...((since !== undefined || until !== undefined) && {
      times: {
        from: since === undefined ? -Infinity : Date.parse(since),
        to: until === undefined ? Infinity : Date.parse(until),
      },
    }),
    attributes: Object.entries(attributes).map(([name, filter]) => compileAttribute(name, filter)),
  };
};

/** True when there is no condition. */
export const isUnconditional = ({ entities, ids, times, attributes }: CompiledFilters): boolean =>
  [entities, ids, times].every((condition) => condition === undefined) && attributes.length === 0;
