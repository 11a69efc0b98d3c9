import { PipelineError } from '@alluvium/contracts';
import {
  distinctEdges,
  edgeAttributes,
  ENTITY,
  filterable,
  isoDate,
  RELATION,
  type Attributes,
  type CanonicalRecord,
  type Edge,
} from '../canonical.ts';

const TEXT_FIELDS = ['text', 'body', 'content'];
const KNOWN_FIELDS = new Set(['id', 'entity', 'title', 'url', 'modified', 'attributes', ...TEXT_FIELDS]);
const MAX_ID_LENGTH = 1000;

const refuse = (code: string, reason: string, cause?: unknown): PipelineError =>
  new PipelineError(reason, { code, kind: 'invalid', cause });

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseFields = (body: string): Fields => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw refuse('JSON_INVALID', `is not valid JSON: ${(cause as Error).message}`, cause);
  }
  if (isFields(value)) return value;
  throw refuse('RECORD_INVALID', 'is not a JSON object');
};

const optionalText = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value.toWellFormed();
  throw refuse('RECORD_INVALID', `has a "${name}" that is not a string`);
};

const idOf = ({ id }: Fields): string | undefined => {
  if (id === undefined || id === null || id === '') return undefined;
  const text = typeof id === 'number' ? String(id) : id;
  if (typeof text === 'string' && text.length <= MAX_ID_LENGTH) return text.toWellFormed();
  throw refuse('RECORD_INVALID', `has an "id" that is no string of at most ${MAX_ID_LENGTH} characters`);
};

const entityOf = (fields: Fields): string | undefined => {
  const entity = optionalText(fields, 'entity');
  if (entity === undefined || ENTITY.test(entity)) return entity;
  throw refuse('RECORD_INVALID', `has an "entity" that does not match ${ENTITY.source}`);
};

const textOf = (fields: Fields): string => {
  for (const name of TEXT_FIELDS) {
    const text = optionalText(fields, name);
    if (text !== undefined) return text;
  }
  return '';
};

const edgeOf = (value: Fields): Edge => {
  const { relation, entity, entityId } = value;
  const id = typeof entityId === 'number' ? String(entityId) : entityId;
  const isGood =
    typeof relation === 'string' &&
    RELATION.test(relation) &&
    typeof entity === 'string' &&
    ENTITY.test(entity) &&
    typeof id === 'string' &&
    id !== '' &&
    id.length <= MAX_ID_LENGTH;
  if (isGood) return { relation, entity, entityId: id.toWellFormed() };
  throw refuse('RECORD_INVALID', 'has an edge without a usable "relation", "entity" and "entityId"');
};

// A field of this name that is something else is an attribute like any other.
const edgesOf = ({ edges }: Fields): Edge[] =>
  Array.isArray(edges) && edges.every(isFields) ? distinctEdges(edges.map(edgeOf)) : [];

const attributesOf = (fields: Fields, edges: readonly Edge[]): Attributes => {
  const { attributes } = fields;
  if (attributes !== undefined && attributes !== null && !isFields(attributes)) {
    throw refuse('RECORD_INVALID', 'has "attributes" that are not an object');
  }
  const others = Object.entries(fields).filter(([name]) => !KNOWN_FIELDS.has(name));
  return {
    ...edgeAttributes(edges),
    ...filterable(Object.fromEntries(others)),
    ...filterable(attributes ?? {}),
  };
};

/**
 * Reads one line of a JSONL file; fields it does not know become attributes.
 * @throws PipelineError JSON_INVALID (with the position) or RECORD_INVALID; the message goes on from the record's path.
 */
export const parseJsonRecord = (body: string): CanonicalRecord => {
  const fields = parseFields(body);
  const optional = {
    id: idOf(fields),
    entity: entityOf(fields),
    title: optionalText(fields, 'title'),
    url: optionalText(fields, 'url'),
    // A date that cannot be read is not worth losing the record for: nothing but filters depends on it.
    modified: isoDate(fields['modified']),
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const edges = edgesOf(fields);
  return {
    ...{ ...present, text: textOf(fields), attributes: attributesOf(fields, edges) },
    ...(edges.length === 0 ? {} : { edges }),
  };
};
