import { parseFilters, type SearchFilters } from '@alluvium/vector-store';
import { refuse } from './refusals.ts';

const TIMES = ['since', 'until'];

// A date is the beginning of its day.
const asTime = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value;

/** The fields with their dates as times. */
export const withTimes = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, TIMES.includes(name) ? asTime(value) : value]),
  );

/**
 * The parameters entity, id, since and until, and what `filters` has: parseFilters leaves out what is undefined.
 * Errors: FILTER_INVALID, PARAMETER_INVALID.
 */
export const joinFilters = (
  parameters: Record<string, string | undefined>,
  given: unknown,
): SearchFilters => {
  const [own, filters] = [parseFilters(parameters), parseFilters(given)];
  const twice = Object.keys(own).find((name) => Object.hasOwn(filters, name));
  if (twice === undefined) return { ...own, ...filters };
  throw refuse(
    'PARAMETER_INVALID',
    `${twice} is given twice, as a parameter and in filters: leave one of them out.`,
  );
};
