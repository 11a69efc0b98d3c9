import { retrieveBatchRequestV1 } from '@alluvium/contracts';
import { parseObject, refuse, refuseFault } from './refusals.ts';
import { asSearch, EXPECTED } from './retrieve-request.ts';
import type { Search } from './search.ts';

/** Holds sixteen of the longest queries, and vectors of the usual sizes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Searches that go together, or one alone. */
export type RetrieveBody = Search | { queries: Search[] };

const SHARED = ['collection', 'consistency', 'asOf'] as const;
const OF_BATCH = {
  queries: 'a list of 1 to 16 searches',
  ...Object.fromEntries(SHARED.map((name) => [name, EXPECTED[name] ?? ''])),
};

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// In the words of the search at fault, but saying which one it is.
const placed = <T>(index: number, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    const { message, code } = error as { message: string; code: string };
    throw refuse(code, `queries[${index}]: ${message}`);
  }
};

const parseOne = (fields: unknown, shared: Fields): Search => {
  if (!isObject(fields)) throw refuse('PARAMETER_INVALID', 'it must be an object.');
  const own = [...SHARED, 'cursor'].find((name) => name in fields);
  if (own === 'cursor')
    throw refuse(
      'PARAMETER_INVALID',
      'pages are asked for one by one: send the cursor in a request of its own.',
    );
  if (own !== undefined)
    throw refuse('PARAMETER_INVALID', `${own} is of the whole batch: put it beside queries.`);
  return asSearch({ ...fields, ...shared });
};

const parseBatch = (fields: Fields): { queries: Search[] } => {
  const { queries, ...shared } = fields;
  const isList = Array.isArray(queries) && queries.length > 0 && queries.length <= 16;
  const unknown = Object.keys(shared).find((name) => !(name in OF_BATCH));
  if (!isList || unknown !== undefined) {
    retrieveBatchRequestV1.closed(fields);
    throw refuseFault(retrieveBatchRequestV1.closed.errors?.[0], fields, OF_BATCH);
  }
  return { queries: queries.map((one: unknown, index) => placed(index, () => parseOne(one, shared))) };
};

/**
 * The search of a body, or the searches of one with `queries`.
 * Errors: BODY_INVALID, CURSOR_INVALID, FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN, REQUEST_TOO_LARGE.
 */
export const parseBody = (body: string): RetrieveBody => {
  const fields = parseObject(body, MAX_BODY_BYTES);
  return 'queries' in fields ? parseBatch(fields) : asSearch(fields);
};
