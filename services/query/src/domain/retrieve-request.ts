import { faultPath, PipelineError, retrieveRequestV1, type RetrieveRequestV1 } from '@alluvium/contracts';
import { parseFilters, type SearchFilters, type SearchQuery } from '@alluvium/vector-store';
import { readParameters } from './query-string.ts';

/** A search with its defaults filled in. */
export interface Search extends Omit<SearchQuery, 'vector'> {
  text: string;
  collection: string;
  /** `tail` searches deltas too that are not in the snapshot yet. */
  consistency: 'snapshot' | 'tail';
  /** A version of the past: its number, a time or a tag. */
  asOf?: string;
  filters: SearchFilters;
}

const DEFAULTS = { collection: 'docs', k: 5, mode: 'hybrid', consistency: 'tail' } as const;
const MAX_QUERY_CHARACTERS = 8192;
/** Holds the longest query even when all of it is escaped. */
const MAX_BODY_BYTES = 128 * 1024;
/** An explanation costs a walk through the posting lists a result. */
const MAX_EXPLAINED = 100;

const EXPECTED: Record<string, string> = {
  q: 'the text to look for',
  collection: 'a name of lower-case letters, digits and hyphens, at most 63',
  k: 'a whole number from 1 to 1000',
  mode: 'hybrid, dense or lexical',
  entity: 'a kind of document, 1 to 100 characters',
  id: 'an entityId, 1 to 1000 characters',
  since: 'a time such as 2026-01-31T00:00:00Z, or a date',
  until: 'a time such as 2026-01-31T00:00:00Z, or a date',
  threshold: 'a number',
  filters: 'a JSON object such as {"entity": "page", "attributes": {"year": {"gte": 2024}}}',
  recall: '0.95, 0.99 or exact',
  fusion: 'min-max or rrf',
  weights:
    'two numbers that are not negative, as 1,0.5 in a query string or {"dense": 1, "lexical": 0.5} in a body',
  highlight: 'true or false',
  explain: 'true or false',
  consistency: 'snapshot or tail',
  asOf: 'a version such as 12, a time such as 2026-01-31T00:00:00Z, or a tag, at most 64 characters',
};
const KNOWN = Object.keys(EXPECTED).join(', ');
const TIMES = ['since', 'until'];

type Fields = Record<string, unknown>;

const refuse = (code: string, message: string): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60);

const tooLarge = (what: string, size: string, max: number): PipelineError =>
  refuse('REQUEST_TOO_LARGE', `${what} has ${size}; at most ${max} are allowed.`);

const assertQuery = (q: unknown): void => {
  if (typeof q !== 'string' || q.trim() === '') {
    throw refuse('PARAMETER_INVALID', `q must be ${EXPECTED['q'] ?? ''}; it is missing or empty.`);
  }
  // Code points, as the schema's maxLength counts.
  const { length } = Array.from(q);
  if (length > MAX_QUERY_CHARACTERS) throw tooLarge('q', `${length} characters`, MAX_QUERY_CHARACTERS);
};

// A date is the beginning of its day.
const asTime = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value}T00:00:00Z` : value;

const withTimes = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, TIMES.includes(name) ? asTime(value) : value]),
  );

const validate = (fields: Fields): RetrieveRequestV1 => {
  const timed = withTimes(fields);
  if (retrieveRequestV1.closed(timed)) return timed;
  const [fault] = retrieveRequestV1.closed.errors ?? [];
  const name = (fault === undefined ? '' : faultPath(fault)).slice(1).split('/')[0] ?? '';
  if (fault?.keyword === 'additionalProperties') {
    throw refuse('PARAMETER_UNKNOWN', `There is no parameter ${shown(name)}. Known: ${KNOWN}.`);
  }
  const expected = EXPECTED[name] ?? 'as its schema says';
  throw refuse('PARAMETER_INVALID', `${name} must be ${expected}, not ${shown(fields[name])}.`);
};

// The parameters entity, id, since and until, and what `filters` has: parseFilters leaves out what is undefined.
const joinFilters = (parameters: Record<string, string | undefined>, given: unknown): SearchFilters => {
  const [own, filters] = [parseFilters(parameters), parseFilters(given)];
  const twice = Object.keys(own).find((name) => Object.hasOwn(filters, name));
  if (twice === undefined) return { ...own, ...filters };
  throw refuse(
    'PARAMETER_INVALID',
    `${twice} is given twice, as a parameter and in filters: leave one of them out.`,
  );
};

// What no schema can say: how parameters go together.
const assertTogether = ({ weights, explain, k, asOf, consistency }: RetrieveRequestV1): void => {
  if (asOf !== undefined && consistency === 'tail')
    throw refuse('PARAMETER_INVALID', 'consistency must be snapshot with asOf: the past has no tail.');
  if (weights?.dense === 0 && weights.lexical === 0)
    throw refuse(
      'PARAMETER_INVALID',
      'weights are both 0: nothing would be ranked; give one of them a weight.',
    );
  if (explain === true && k !== undefined && k > MAX_EXPLAINED)
    throw refuse('PARAMETER_INVALID', `k must be at most ${MAX_EXPLAINED} with explain, not ${k}.`);
};

const asSearch = (fields: Fields): Search => {
  assertQuery(fields['q']);
  const request = validate(fields);
  assertTogether(request);
  const { q, filters, fusion, weights, entity, id, since, until, ...options } = request;
  return {
    ...DEFAULTS,
    ...(options.asOf !== undefined && { consistency: 'snapshot' }),
    ...options,
    text: q,
    fusion: { ...(fusion && { fusion }), ...(weights && { weights }) },
    filters: joinFilters({ entity, id, since, until }, filters),
  };
};

/** The search of a query string. Errors: FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE. */
export const parseQueryString = (parameters: URLSearchParams): Search => asSearch(readParameters(parameters));

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw refuse('BODY_INVALID', 'The body is not valid JSON.');
  }
};

/** The search of a body. Errors: BODY_INVALID, FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE. */
export const parseBody = (body: string): Search => {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw tooLarge('The body', `${bytes} bytes`, MAX_BODY_BYTES);
  const value = parseJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return asSearch(value as Fields);
  throw refuse('BODY_INVALID', 'The body must be a JSON object.');
};
