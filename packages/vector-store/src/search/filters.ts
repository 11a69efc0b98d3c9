import { PipelineError } from '@alluvium/contracts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { AttributeColumn } from '../segment/segment-format.ts';
import type { AttributePlanes, ColumnPlanes, SegmentReader } from '../segment/segment-reader.ts';

type Scalar = string | number | boolean;

/** Bounds of numbers or strings. */
export interface RangeFilter {
  gt?: number | string;
  gte?: number | string;
  lt?: number | string;
  lte?: number | string;
}

/** A value to equal, a list to be one of, or bounds. An attribute that is a list passes when one of its elements does. */
export type AttributeFilter = Scalar | readonly Scalar[] | RangeFilter;

/** All must pass. */
export interface SearchFilters {
  entity?: string | readonly string[];
  /** entityId. */
  id?: string | readonly string[];
  /** ISO 8601: modified at or after; documents without `modified` fail. */
  since?: string;
  /** ISO 8601: modified before; documents without `modified` fail. */
  until?: string;
  attributes?: Record<string, AttributeFilter>;
}

/** Rows of a segment that pass: a byte a row, absent when all do. */
export interface RowMask {
  mask: Uint8Array | undefined;
  matched: number;
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value]) as T[];

const timeOf = (name: string, text: string): number => {
  const time = Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new PipelineError(`The filter ${name} is no time: ${text}`, {
    code: 'FILTER_INVALID',
    kind: 'invalid',
    details: { filter: name },
  });
};

const isRange = (filter: AttributeFilter): filter is RangeFilter =>
  typeof filter === 'object' && !Array.isArray(filter);

const inRange = (value: Scalar, { gt, gte, lt, lte }: RangeFilter): boolean => {
  // A bound speaks of values of its own type only.
  const holds = <T extends Scalar>(bound: T | undefined, compare: (value: T, bound: T) => boolean): boolean =>
    bound === undefined || (typeof bound === typeof value && compare(value as T, bound));
  return (
    holds(gt, (one, other) => one > other) &&
    holds(gte, (one, other) => one >= other) &&
    holds(lt, (one, other) => one < other) &&
    holds(lte, (one, other) => one <= other)
  );
};

const passes = (value: Scalar, filter: AttributeFilter): boolean =>
  isRange(filter) ? inRange(value, filter) : listOf<Scalar>(filter).includes(value);

const keepOnly = (mask: Uint8Array, test: (document: number) => boolean): void => {
  for (let document = 0; document < mask.length; document += 1)
    if (mask[document] === 1 && !test(document)) mask[document] = 0;
};

const keepEntity = (mask: Uint8Array, columns: ColumnPlanes, entities: readonly string[]): void => {
  const codes = new Set(entities.flatMap((entity) => columns.entities.indexesOf(entity)));
  keepOnly(mask, (document) => codes.has(columns.documentEntity[document] ?? -1));
};

const keepTimes = (mask: Uint8Array, columns: ColumnPlanes, { since, until }: SearchFilters): void => {
  const from = since === undefined ? -Infinity : timeOf('since', since);
  const to = until === undefined ? Infinity : timeOf('until', until);
  keepOnly(mask, (document) => {
    const modified = columns.documentModified[document] ?? Number.NaN;
    return modified >= from && modified < to;
  });
};

const NO_COLUMN: AttributeColumn = { values: [], start: 0, end: 0 };

const keepAttribute = (
  mask: Uint8Array,
  { columns, documents, codes }: AttributePlanes,
  [name, filter]: [string, AttributeFilter],
): void => {
  const passing = new Uint8Array(mask.length);
  const { values, start, end } = columns.get(name) ?? NO_COLUMN;
  // The few distinct values are judged once, then codes are looked up.
  const good = values.map((value) => passes(value, filter));
  for (let entry = start; entry < end; entry += 1)
    if (good[codes[entry] as number]) passing[documents[entry] as number] = 1;
  keepOnly(mask, (document) => passing[document] === 1);
};

const documentMask = async (
  segment: SegmentReader,
  filters: SearchFilters,
  meter: ReadMeter,
): Promise<Uint8Array> => {
  const columns = await segment.group('columns', meter);
  const mask = new Uint8Array(columns.documentEntity.length).fill(1);
  if (filters.entity !== undefined) keepEntity(mask, columns, listOf(filters.entity));
  if (filters.since !== undefined || filters.until !== undefined) keepTimes(mask, columns, filters);
  if (filters.id !== undefined) {
    const { entityIds } = await segment.group('ids', meter);
    const wanted = new Set(listOf(filters.id).flatMap((id) => entityIds.indexesOf(id)));
    keepOnly(mask, (document) => wanted.has(document));
  }
  for (const entry of Object.entries(filters.attributes ?? {}))
    keepAttribute(mask, await segment.group('attributes', meter), entry);
  return mask;
};

const isEmpty = ({ attributes = {}, entity, id, since, until }: SearchFilters): boolean =>
  [entity, id, since, until].every((value) => value === undefined) && Object.keys(attributes).length === 0;

/** Evaluates the filters over a segment before anything is scored. Error: FILTER_INVALID. */
export const rowMask = async (
  segment: SegmentReader,
  filters: SearchFilters,
  meter: ReadMeter,
): Promise<RowMask> => {
  const rows = segment.descriptor.chunks;
  if (isEmpty(filters)) return { mask: undefined, matched: rows };
  const documents = await documentMask(segment, filters, meter);
  const { documentFirstRow } = await segment.group('columns', meter);
  const mask = new Uint8Array(rows);
  let matched = 0;
  documents.forEach((passing, document) => {
    if (passing === 0) return;
    const [from = 0, to = 0] = [documentFirstRow[document], documentFirstRow[document + 1]];
    mask.fill(1, from, to);
    matched += to - from;
  });
  return { mask, matched };
};
