/** A single value of an attribute. */
export type Scalar = string | number | boolean;

/** Bounds of numbers or strings. */
export interface RangeFilter {
  gt?: number | string;
  gte?: number | string;
  lt?: number | string;
  lte?: number | string;
}

/** A value to equal, a list to be one of, or bounds. An attribute that is a list passes when one of its elements does. */
export type AttributeFilter = Scalar | readonly Scalar[] | RangeFilter;

/** All must pass. */
export interface SearchFilters {
  entity?: string | readonly string[];
  /** entityId. */
  id?: string | readonly string[];
  /** ISO 8601: modified at or after; documents without `modified` fail. */
  since?: string;
  /** ISO 8601: modified before; documents without `modified` fail. */
  until?: string;
  attributes?: Record<string, AttributeFilter>;
}

/** True for bounds, which are neither a value nor a list of values. */
export const isRange = (filter: AttributeFilter): filter is RangeFilter =>
  typeof filter === 'object' && !Array.isArray(filter);

/** One value or a list of them, as a list. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  (Array.isArray(value) ? value : [value]) as T[];
