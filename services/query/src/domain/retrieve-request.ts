import { faultPath, PipelineError, retrieveRequestV1, type RetrieveRequestV1 } from '@alluvium/contracts';

/** A search with its defaults filled in. */
export interface Search {
  text: string;
  collection: string;
  k: number;
  mode: 'hybrid' | 'dense' | 'lexical';
  threshold?: number;
  filters: Pick<RetrieveRequestV1, 'entity' | 'id' | 'since' | 'until'>;
}

const DEFAULTS = { collection: 'docs', k: 5, mode: 'hybrid' } as const;
const MAX_QUERY_CHARACTERS = 8192;
/** Holds the longest query even when all of it is escaped. */
const MAX_BODY_BYTES = 128 * 1024;

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
};
const KNOWN = Object.keys(EXPECTED).join(', ');
// Maps, for a parameter may be called __proto__.
const NUMBERS = new Map([
  ['k', /^-?\d{1,15}$/],
  ['threshold', /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/],
]);
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

const asSearch = (fields: Fields): Search => {
  assertQuery(fields['q']);
  const { q, collection, k, mode, threshold, ...filters } = validate(fields);
  return {
    text: q,
    collection: collection ?? DEFAULTS.collection,
    k: k ?? DEFAULTS.k,
    mode: mode ?? DEFAULTS.mode,
    ...(threshold === undefined ? {} : { threshold }),
    filters,
  };
};

/** The search of a query string. Errors: PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE. */
export const parseQueryString = (parameters: URLSearchParams): Search => {
  const fields = new Map<string, string | number>();
  for (const [name, text] of parameters) {
    if (fields.has(name)) throw refuse('PARAMETER_INVALID', `${shown(name)} is given more than once.`);
    fields.set(name, NUMBERS.get(name)?.test(text) === true ? Number(text) : text);
  }
  return asSearch(Object.fromEntries(fields));
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw refuse('BODY_INVALID', 'The body is not valid JSON.');
  }
};

/** The search of a body. Errors: BODY_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE. */
export const parseBody = (body: string): Search => {
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_BODY_BYTES) throw tooLarge('The body', `${bytes} bytes`, MAX_BODY_BYTES);
  const value = parseJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return asSearch(value as Fields);
  throw refuse('BODY_INVALID', 'The body must be a JSON object.');
};
