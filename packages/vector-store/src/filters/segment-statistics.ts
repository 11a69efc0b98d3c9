import { describeValues, type AttributeStatistics } from './attribute-statistics.ts';
import { compileFilters, type CompiledFilters } from './compiled-filters.ts';
import type { Scalar, SearchFilters } from './search-filters.ts';

/** Times of the documents of a segment, in milliseconds since 1970. */
export interface ModifiedStatistics {
  /** Absent, as `to`, when no document has a time. */
  from?: number;
  /** The latest itself. */
  to?: number;
  /** Some document has no time. */
  missing: boolean;
}

/**
 * What the documents of a segment have, tombstones left out, so that a search passes segments by without reading them. JSON, about
 * 30 kB at most. What is absent is not known: it may be there.
 */
export interface SegmentStatistics {
  /** All entities; absent when there are more than 64 or one has a long name. */
  entities?: string[];
  modified?: ModifiedStatistics;
  /** By name, the 64 that most documents have. */
  attributes?: Record<string, AttributeStatistics>;
  /** `attributes` lists all: a name that is not listed is in no document. */
  complete: boolean;
}

/** What statistics are made of. */
export interface StatisticsSource {
  entities: ReadonlySet<string>;
  modified: ModifiedStatistics;
  /** `entries` counts the values of all documents together. */
  attributes: readonly { name: string; entries: number; values: Iterable<Scalar> }[];
}

const MOST_ENTITIES = 64;
const MOST_ATTRIBUTES = 64;
const MOST_NAME_UNITS = 128;

const fits = (name: string): boolean => name.length <= MOST_NAME_UNITS;

const byOrder = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Statistics for the manifest; the order in which documents came leaves no trace. */
export const describeSegment = ({ entities, modified, attributes }: StatisticsSource): SegmentStatistics => {
  const listed = attributes
    .filter(({ name }) => fits(name))
    .sort((left, right) => right.entries - left.entries || byOrder(left.name, right.name))
    .slice(0, MOST_ATTRIBUTES)
    .sort((left, right) => byOrder(left.name, right.name))
    .flatMap(({ name, values }) => {
      const statistics = describeValues(values);
      return statistics ? [[name, statistics] as const] : [];
    });
  const names = [...entities];
  return {
    ...(names.length <= MOST_ENTITIES && names.every(fits) && { entities: names.sort(byOrder) }),
    modified,
    attributes: Object.fromEntries(listed),
    complete: listed.length === attributes.length,
  };
};

const timesMayMatch = (modified: ModifiedStatistics | undefined, times: CompiledFilters['times']): boolean =>
  modified === undefined ||
  times === undefined ||
  (modified.from !== undefined &&
    modified.to !== undefined &&
    modified.to >= times.from &&
    modified.from < times.to);

const entitiesMayMatch = (
  known: readonly string[] | undefined,
  asked: ReadonlySet<string> | undefined,
): boolean => known === undefined || asked === undefined || known.some((entity) => asked.has(entity));

/**
 * Whether a document of the segment may pass: never false when one does. `id` is not looked at.
 * Error: FILTER_INVALID.
 */
export const mayMatch = (statistics: SegmentStatistics | undefined, filters: SearchFilters): boolean => {
  const { entities, times, attributes } = compileFilters(filters);
  if (!statistics) return true;
  if (!timesMayMatch(statistics.modified, times)) return false;
  if (!entitiesMayMatch(statistics.entities, entities)) return false;
  const listed = statistics.attributes ?? {};
  return attributes.every(({ name, mayPass }) => {
    const known = Object.hasOwn(listed, name) ? listed[name] : undefined;
    return known ? mayPass(known) : !statistics.complete;
  });
};
