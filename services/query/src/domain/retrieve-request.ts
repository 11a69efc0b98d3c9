import { retrieveRequestV2, type RetrieveRequestV2 } from '@alluvium/contracts';
import { joinFilters, withTimes } from './join-filters.ts';
import { decodeCursor } from './page-cursor.ts';
import { readParameters } from './query-string.ts';
import { refuse, refuseFault, shown, tooLarge } from './refusals.ts';
import type { Consistency, Search } from './search.ts';

const DEFAULTS = { collection: 'docs', k: 5, mode: 'hybrid', consistency: 'tail' } as const;
const CONSISTENCIES: readonly string[] = ['snapshot', 'tail', 'tail-strict'] satisfies Consistency[];
const MAX_QUERY_CHARACTERS = 8192;
/** An explanation costs a walk through the posting lists a result. */
const MAX_EXPLAINED = 100;
/** Each result of a diverse answer is compared with four times as many candidates. */
const MAX_DIVERSE = 100;

/** What each parameter takes, in the words of a refusal. */
export const EXPECTED: Readonly<Record<string, string>> = {
  q: 'the text to look for',
  vector: 'a list of numbers, 1 to 4096, as 0.1,-0.2 in a query string',
  model: 'the id of a model, at most 200 characters',
  collection: 'a name of lower-case letters, digits and hyphens, at most 63',
  k: 'a whole number from 1 to 1000',
  mode: 'hybrid, dense or lexical',
  entity: 'a kind of document, 1 to 100 characters',
  id: 'an entityId, 1 to 1000 characters',
  since: 'a time such as 2026-01-31T00:00:00Z, or a date',
  until: 'a time such as 2026-01-31T00:00:00Z, or a date',
  threshold: 'a number',
  diversity: 'a number from 0 to 1',
  filters: 'a JSON object such as {"entity": "page", "attributes": {"year": {"gte": 2024}}}',
  recall: '0.95, 0.99 or exact',
  fusion: 'min-max or rrf',
  weights:
    'two numbers that are not negative, as 1,0.5 in a query string or {"dense": 1, "lexical": 0.5} in a body',
  highlight: 'true or false',
  explain: 'true or false',
  consistency: 'snapshot, tail or tail-strict',
  asOf: 'a version such as 12, a time such as 2026-01-31T00:00:00Z, or a tag, at most 64 characters',
  cursor: 'the cursor of an earlier answer',
};

type Fields = Record<string, unknown>;

const invalid = (message: string): Error => refuse('PARAMETER_INVALID', message);

const assertText = ({ q, vector }: Fields): void => {
  if (q === undefined && vector !== undefined) return;
  if (typeof q !== 'string' || q.trim() === '')
    throw invalid(`q must be ${EXPECTED['q'] ?? ''}; it is missing or empty.`);
  // Code points, as the schema's maxLength counts.
  const { length } = Array.from(q);
  if (length > MAX_QUERY_CHARACTERS) throw tooLarge('q', `${length} characters`, MAX_QUERY_CHARACTERS);
};

/** The fields as a request, dates as times. Errors: PARAMETER_INVALID, PARAMETER_UNKNOWN. */
export const validate = (fields: Fields): RetrieveRequestV2 => {
  const timed = withTimes(fields);
  if (!retrieveRequestV2.closed(timed))
    throw refuseFault(retrieveRequestV2.closed.errors?.[0], fields, EXPECTED);
  return timed;
};

/** What is searched: a list that is open in the schema, so that it may grow. Error: PARAMETER_INVALID. */
export const consistencyOf = ({
  asOf,
  consistency,
}: Pick<RetrieveRequestV2, 'asOf' | 'consistency'>): Consistency => {
  if (consistency === undefined) return asOf === undefined ? DEFAULTS.consistency : 'snapshot';
  if (!CONSISTENCIES.includes(consistency))
    throw invalid(`consistency must be ${EXPECTED['consistency'] ?? ''}, not ${shown(consistency)}.`);
  if (asOf !== undefined && consistency !== 'snapshot')
    throw invalid('consistency must be snapshot with asOf: the past has no tail.');
  return consistency as Consistency;
};

const assertSize = ({ k = DEFAULTS.k, explain, diversity = 0 }: RetrieveRequestV2): void => {
  if (explain === true && k > MAX_EXPLAINED)
    throw invalid(`k must be at most ${MAX_EXPLAINED} with explain, not ${k}.`);
  if (diversity > 0 && k > MAX_DIVERSE)
    throw invalid(`k must be at most ${MAX_DIVERSE} with diversity, not ${k}.`);
};

// As it is compared: in single precision.
const assertDirection = (vector: Float32Array): void => {
  if (!vector.every(Number.isFinite)) throw invalid('vector has a number beyond single precision.');
  if (vector.every((value) => value === 0)) throw invalid('vector is all 0: it points nowhere.');
};

const assertRanked = ({ weights, mode, q, vector }: RetrieveRequestV2): void => {
  if (weights?.dense === 0 && weights.lexical === 0)
    throw invalid('weights are both 0: nothing would be ranked; give one of them a weight.');
  if (mode === 'lexical' && q === undefined) throw invalid('mode lexical needs q: a vector has no words.');
  if (vector !== undefined) assertDirection(Float32Array.from(vector));
};

// What no schema can say: how parameters go together.
const assertTogether = (request: RetrieveRequestV2): void => {
  assertSize(request);
  assertRanked(request);
  if (request.diversity !== undefined && request.diversity > 0 && request.cursor !== undefined)
    throw invalid('cursor does not go with diversity: what is chosen depends on how many are.');
};

const queryOf = ({ q, vector, mode }: RetrieveRequestV2): Pick<Search, 'text' | 'vector' | 'mode'> => ({
  // One of the two alone has one list only.
  mode: q === undefined ? 'dense' : (mode ?? DEFAULTS.mode),
  ...(q !== undefined && { text: q }),
  ...(vector !== undefined && { vector: Float32Array.from(vector) }),
});

/** The search that parameters ask for. Errors: CURSOR_INVALID, FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE. */
export const asSearch = (fields: Fields): Search => {
  assertText(fields);
  const request = validate(fields);
  assertTogether(request);
  const {
    q: _q,
    vector: _v,
    filters,
    fusion,
    weights,
    entity,
    id,
    since,
    until,
    cursor,
    ...options
  } = request;
  return {
    ...DEFAULTS,
    ...options,
    ...queryOf(request),
    consistency: consistencyOf(request),
    ...(cursor !== undefined && { cursor: decodeCursor(cursor) }),
    fusion: { ...(fusion && { fusion }), ...(weights && { weights }) },
    filters: joinFilters({ entity, id, since, until }, filters),
  };
};

/** The search of a query string. Errors: see `asSearch`. */
export const parseQueryString = (parameters: URLSearchParams): Search => asSearch(readParameters(parameters));
