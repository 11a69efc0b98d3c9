import type { AttributeValue, Revision } from '../delta/delta.ts';
import type { ExchangeMeta } from './exchange-record.ts';
import { notImportable } from './exchange-error.ts';

/** A record as a file gives it. */
export interface ForeignRecord {
  /** Where it stands, for messages: `line 7`. */
  place: string;
  id: unknown;
  vector: unknown;
  meta: unknown;
}

/** A record that can be imported: of its meta, what is there is right. */
export interface ReadRecord {
  place: string;
  id: string;
  vector: Float32Array | null;
  meta: Partial<ExchangeMeta> & Pick<ExchangeMeta, 'attributes'>;
}

type Field = keyof ExchangeMeta;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const isAttribute = (value: unknown): value is AttributeValue =>
  isText(value) ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (Array.isArray(value) && value.every(isText));

const isRevision = (value: unknown): value is Revision =>
  isRecord(value) && isCount(value['fence']) && isCount(value['sequence']) && isText(value['contentHash']);

const TEXT: [(value: unknown) => boolean, string] = [isText, 'a string'];
const COUNT: [(value: unknown) => boolean, string] = [isCount, 'a whole number from 0 on'];

const FLAG: [(value: unknown) => boolean, string] = [(value) => typeof value === 'boolean', 'true or false'];

const FIELDS: Record<Field, [check: (value: unknown) => boolean, expected: string]> = {
  documentId: [(value) => isText(value) && value !== '', 'a string that is not empty'],
  source: TEXT,
  entity: TEXT,
  entityId: TEXT,
  title: TEXT,
  url: TEXT,
  modified: [(value) => isText(value) && Number.isFinite(Date.parse(value)), 'an ISO 8601 time'],
  attributes: [
    (value) => isRecord(value) && Object.values(value).every(isAttribute),
    'an object of strings, numbers, booleans and lists of strings',
  ],
  revision: [isRevision, 'an object with fence, sequence and contentHash'],
  deleted: FLAG,
  keepsFloats: FLAG,
  ordinal: COUNT,
  start: COUNT,
  end: COUNT,
  text: TEXT,
};

const shown = (value: unknown): string => {
  const text =
    value === undefined
      ? 'nothing'
      : JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isKnown = (name: string): name is Field => Object.hasOwn(FIELDS, name);

// What another system says of its records is worth filtering by; what filters cannot take is kept as JSON.
const foreignAttributes = (meta: Record<string, unknown>): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(meta)
      .filter(([name, value]) => !isKnown(name) && value !== null && value !== undefined)
      .map(([name, value]) => [name, isAttribute(value) ? value : JSON.stringify(value)]),
  );

const readMeta = (place: string, meta: unknown): ReadRecord['meta'] => {
  if (meta === undefined || meta === null) return { attributes: {} };
  if (!isRecord(meta)) throw notImportable(place, `"meta" must be an object, not ${shown(meta)}`);
  const present = Object.entries(meta).filter(
    ([name, value]) => isKnown(name) && value !== null && value !== undefined,
  );
  for (const [name, value] of present) {
    const [check, expected] = FIELDS[name as Field];
    if (!check(value)) throw notImportable(place, `"meta.${name}" must be ${expected}, not ${shown(value)}`);
  }
  const known = Object.fromEntries(present) as Partial<ExchangeMeta>;
  return { ...known, attributes: known.attributes ?? foreignAttributes(meta) };
};

const readId = (place: string, id: unknown): string => {
  if (isText(id) && id !== '') return id;
  if (Number.isSafeInteger(id) || typeof id === 'bigint') return String(id);
  throw notImportable(place, `"id" must be a string that is not empty, not ${shown(id)}`);
};

type Numbers = unknown[] | Float32Array | Float64Array;

const isList = (value: unknown): value is Numbers =>
  Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;

const readVector = (place: string, vector: unknown, dims: number | undefined): Float32Array => {
  if (!isList(vector)) throw notImportable(place, `"vector" must be a list of numbers, not ${shown(vector)}`);
  if (vector.length !== (dims ?? vector.length))
    throw notImportable(place, `"vector" must have ${dims ?? 0} numbers, not ${vector.length}`);
  // Also what f32 cannot hold is not finite then.
  const values = Float32Array.from(vector, (value) => (typeof value === 'number' ? value : Number.NaN));
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong !== -1)
    throw notImportable(
      place,
      `"vector" must have finite numbers; number ${wrong} is ${shown(vector[wrong])}`,
    );
  if (values.every((value) => value === 0)) throw notImportable(place, '"vector" must not be zero');
  return values;
};

/** Checks a record of a file; `dims` when they are known. Error: IMPORT_INVALID, which names the place and what was expected. */
export const readRecord = (
  { place, id, vector, meta }: ForeignRecord,
  dims: number | undefined,
): ReadRecord => {
  const read = { place, id: readId(place, id), meta: readMeta(place, meta) };
  if (vector !== null) {
    if (read.meta.deleted === true)
      throw notImportable(place, '"vector" must be null where "meta.deleted" is true');
    return { ...read, vector: readVector(place, vector, dims) };
  }
  // A document without chunks is a state of ours only; elsewhere a missing vector is a mistake.
  if (read.meta.deleted !== true && !read.meta.revision)
    throw notImportable(place, '"vector" must be a list of numbers; null is for what is deleted');
  return { ...read, vector: null };
};
