import { PipelineError } from '@alluvium/contracts';
import { inspect } from 'node:util';
import type { AttributeFilter, RangeFilter, SearchFilters } from './search-filters.ts';

/** What one request may ask for. */
export interface FilterLimits {
  /** `entity`, `id`, `since`, `until` and each attribute count as one. */
  conditions: number;
  /** Values of one list. */
  values: number;
}

/** Limits of filters that come from outside. */
export const FILTER_LIMITS: FilterLimits = { conditions: 64, values: 1000 };

const MOST_SHOWN_CHARACTERS = 80;
// A date, or a time with its zone: without one it would mean another instant on each machine.
const ISO_TIME = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;
const BOUNDS: readonly string[] = ['gt', 'gte', 'lt', 'lte'] satisfies (keyof RangeFilter)[];

/** Where in the filters a value stands, and what holds for all of them. */
interface Place {
  path: string;
  limits: FilterLimits;
}

const refusal = (path: string, problem: string, expected: string): PipelineError =>
  new PipelineError(`The filter ${path} ${problem}; write ${expected}`, {
    code: 'FILTER_INVALID',
    kind: 'invalid',
    details: { filter: path, expected },
  });

const shown = (value: unknown): string => {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 3 });
  return text.length > MOST_SHOWN_CHARACTERS ? `${text.slice(0, MOST_SHOWN_CHARACTERS)}...` : text;
};

const wrong = ({ path }: Place, value: unknown, expected: string): PipelineError =>
  refusal(path, `is ${shown(value)}`, expected);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const inside = (place: Place, key: string | number): Place => {
  const isPlain = typeof key === 'string' && /^[\w-]+$/.test(key);
  return { ...place, path: isPlain ? `${place.path}.${key}` : `${place.path}[${JSON.stringify(key)}]` };
};

const definedEntries = (value: Record<string, unknown>): [string, unknown][] =>
  Object.entries(value).filter(([, entry]) => entry !== undefined);

const parseList = <T>(
  value: readonly unknown[],
  place: Place,
  parse: (value: unknown, place: Place) => T,
): T[] => {
  if (value.length > place.limits.values)
    throw refusal(place.path, `lists ${value.length} values`, `at most ${place.limits.values} of them`);
  return value.map((entry, index) => parse(entry, inside(place, index)));
};

const parseText = (value: unknown, place: Place): string => {
  if (typeof value === 'string') return value;
  throw wrong(place, value, 'a string');
};

const parseTexts = (value: unknown, place: Place): string | string[] => {
  if (Array.isArray(value)) return parseList(value, place, parseText);
  if (typeof value === 'string') return value;
  throw wrong(place, value, 'a string or a list of strings');
};

const parseTime = (value: unknown, place: Place): string => {
  if (typeof value === 'string' && ISO_TIME.test(value) && Number.isFinite(Date.parse(value))) return value;
  throw wrong(place, value, 'a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31');
};

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const parseScalar = (value: unknown, place: Place): string | number | boolean => {
  if (isScalar(value)) return value;
  throw wrong(place, value, 'a string, a number, true or false');
};

const parseRange = (value: Record<string, unknown>, place: Place): RangeFilter => {
  const bounds = definedEntries(value);
  for (const [name, bound] of bounds) {
    if (!BOUNDS.includes(name)) throw refusal(inside(place, name).path, 'is no bound', 'gt, gte, lt or lte');
    if (!isScalar(bound) || typeof bound === 'boolean')
      throw wrong(inside(place, name), bound, 'a number or a string');
  }
  if (new Set(bounds.map(([, bound]) => typeof bound)).size > 1)
    throw refusal(place.path, `is ${shown(value)}`, 'bounds that are all numbers or all strings');
  return Object.fromEntries(bounds);
};

const parseAttribute = (value: unknown, place: Place): AttributeFilter => {
  if (Array.isArray(value)) return parseList(value, place, parseScalar);
  if (isRecord(value)) return parseRange(value, place);
  if (isScalar(value)) return value;
  throw wrong(place, value, 'a value, a list of values or bounds such as {"gte": 1, "lt": 10}');
};

const parseAttributes = (value: unknown, place: Place): Record<string, AttributeFilter> => {
  if (!isRecord(value)) throw wrong(place, value, 'an object such as {"year": 2024}');
  // fromEntries defines what assignment would not: an attribute named __proto__.
  return Object.fromEntries(
    definedEntries(value).map(([name, filter]) => [name, parseAttribute(filter, inside(place, name))]),
  );
};

const PARSERS: Record<keyof SearchFilters, (value: unknown, place: Place) => unknown> = {
  entity: parseTexts,
  id: parseTexts,
  since: parseTime,
  until: parseTime,
  attributes: parseAttributes,
};

const parseCondition = (name: string, value: unknown, limits: FilterLimits): unknown => {
  if (Object.hasOwn(PARSERS, name))
    return PARSERS[name as keyof SearchFilters](value, { path: name, limits });
  const example = JSON.stringify({ attributes: { [name]: 'value' } });
  throw refusal(
    name,
    'is not known',
    `entity, id, since, until or attributes, and an attribute as ${example}`,
  );
};

/**
 * Filters from outside, checked and copied; `undefined` stands for none. A list without values passes nothing, bounds without a
 * bound pass every document that has the attribute. Error: FILTER_INVALID, with the path of the wrong part and what to write.
 */
export const parseFilters = (value: unknown, limits: FilterLimits = FILTER_LIMITS): SearchFilters => {
  if (value === undefined) return {};
  if (!isRecord(value))
    throw new PipelineError(`The filters are ${shown(value)}; write an object such as {"entity": "page"}`, {
      code: 'FILTER_INVALID',
      kind: 'invalid',
      details: { filter: '', expected: 'an object' },
    });
  const filters = Object.fromEntries(
    definedEntries(value).map(([name, filter]) => [name, parseCondition(name, filter, limits)]),
  ) as SearchFilters;
  const { attributes = {}, ...others } = filters;
  const conditions = Object.keys(others).length + Object.keys(attributes).length;
  if (conditions > limits.conditions)
    throw refusal(
      'attributes',
      `brings the conditions to ${conditions}`,
      `at most ${limits.conditions} of them`,
    );
  return filters;
};
