import { documentsDeleteRequestV1, PipelineError } from '@alluvium/contracts';
import { parseFilters, type SearchFilters } from '@alluvium/vector-store';
import { joinFilters } from './join-filters.ts';
import { readParameters } from './query-string.ts';
import { parseObject, refuse, refuseFault, shown } from './refusals.ts';
import { consistencyOf, EXPECTED, validate } from './retrieve-request.ts';
import type { Consistency } from './search.ts';

/** Where documents are looked for. */
export interface DocumentPlace {
  collection: string;
  consistency: Consistency;
  /** A version of the past: its number, a time or a tag. */
  asOf?: string;
}

/** Documents to list. */
export interface DocumentList extends DocumentPlace {
  filters: SearchFilters;
  limit: number;
  /** The page before, as the store names it. */
  after?: number;
}

/** Documents to delete. */
export interface Deletion {
  collection: string;
  filters: SearchFilters;
  reason?: string;
  dryRun: boolean;
}

type Fields = Record<string, unknown>;

const DEFAULT_COLLECTION = 'docs';
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_REASON = 200;
const MAX_BODY_BYTES = 128 * 1024;

const expect = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, EXPECTED[name] ?? '']));

const OF_PLACE = expect('collection', 'consistency', 'asOf');
const OF_LIST = {
  ...OF_PLACE,
  ...expect('entity', 'id', 'since', 'until', 'filters'),
  limit: `a whole number from 1 to ${MAX_LIMIT}`,
  cursor: EXPECTED['cursor'] ?? '',
};
const OF_DELETION = {
  collection: EXPECTED['collection'] ?? '',
  filters: EXPECTED['filters'] ?? '',
  reason: `a text of at most ${MAX_REASON} characters`,
  dryRun: 'true or false',
};

const invalid = (name: string, expected: Record<string, string>, value: unknown): Error =>
  refuse('PARAMETER_INVALID', `${name} must be ${expected[name] ?? ''}, not ${shown(value)}.`);

const fieldsOf = (parameters: URLSearchParams, expected: Record<string, string>): Fields => {
  const fields = readParameters(parameters);
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(expected, name));
  if (unknown === undefined) return fields;
  const known = Object.keys(expected).join(', ');
  throw refuse('PARAMETER_UNKNOWN', `There is no parameter ${shown(unknown)}. Known: ${known}.`);
};

const placeOf = ({ collection = DEFAULT_COLLECTION, asOf, consistency }: ReturnType<typeof validate>) => ({
  collection,
  consistency: consistencyOf({
    ...(asOf !== undefined && { asOf }),
    ...(consistency !== undefined && { consistency }),
  }),
  ...(asOf !== undefined && { asOf }),
});

/** Where the document is that a query string asks for. Errors: PARAMETER_INVALID, PARAMETER_UNKNOWN. */
export const parseDocumentPlace = (parameters: URLSearchParams): DocumentPlace =>
  placeOf(validate(fieldsOf(parameters, OF_PLACE)));

const limitOf = (value: unknown = DEFAULT_LIMIT): number => {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_LIMIT)
    return value as number;
  throw invalid('limit', OF_LIST, value);
};

/** A place in the order of documents, for a client to hand back. */
export const documentCursor = (next: number): string => Buffer.from(`o${next}`).toString('base64url');

const afterOf = (cursor: unknown): number | undefined => {
  if (cursor === undefined) return undefined;
  const text = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const [, next] = /^o(\d{1,16})$/.exec(text) ?? [];
  if (next !== undefined) return Number(next);
  throw refuse('CURSOR_INVALID', 'cursor must be one that an earlier answer gave.');
};

/** The list that a query string asks for. Errors: CURSOR_INVALID, FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN. */
export const parseDocumentList = (parameters: URLSearchParams): DocumentList => {
  const { limit, cursor, ...fields } = fieldsOf(parameters, OF_LIST);
  const request = validate(fields);
  const { entity, id, since, until, filters } = request;
  const after = afterOf(cursor);
  return {
    ...placeOf(request),
    filters: joinFilters({ entity, id, since, until }, filters),
    limit: limitOf(limit),
    ...(after !== undefined && { after }),
  };
};

/** What a query string says of the deletion of one document. Errors: PARAMETER_INVALID, PARAMETER_UNKNOWN. */
export const parseDeletionOfOne = (parameters: URLSearchParams): { collection: string; reason?: string } => {
  const expected = { collection: OF_DELETION.collection, reason: OF_DELETION.reason };
  const { reason, ...fields } = fieldsOf(parameters, expected);
  const { collection = DEFAULT_COLLECTION } = validate(fields);
  if (reason === undefined) return { collection };
  if (typeof reason !== 'string' || reason === '' || reason.length > MAX_REASON)
    throw invalid('reason', OF_DELETION, reason);
  return { collection, reason };
};

/**
 * The documents that a body asks to delete. Errors: BODY_INVALID, FILTER_INVALID, PARAMETER_INVALID, PARAMETER_UNKNOWN,
 * REQUEST_TOO_LARGE.
 */
export const parseDeletion = (body: string): Deletion => {
  const fields = parseObject(body, MAX_BODY_BYTES);
  if (!documentsDeleteRequestV1.closed(fields))
    throw refuseFault(documentsDeleteRequestV1.closed.errors?.[0], fields, OF_DELETION);
  const { collection = DEFAULT_COLLECTION, filters: given, reason, dryRun = false } = fields;
  const filters = parseFilters(given);
  if (Object.keys(filters).length === 0)
    throw refuse(
      'FILTER_INVALID',
      'filters is empty: that would delete every document; name those that shall go.',
    );
  return { collection, filters, dryRun, ...(reason !== undefined && { reason }) };
};

/** The error for a document that is not there. */
export const documentNotFound = (collection: string, documentId: string): PipelineError =>
  refuse('DOCUMENT_NOT_FOUND', `There is no document ${shown(documentId)} in ${collection}.`);
