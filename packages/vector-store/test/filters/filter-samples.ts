import fc from 'fast-check';
import { bytesOf } from '../../src/bytes/typed-bytes.ts';
import { FilterColumnsBuilder, type FilteredDocument } from '../../src/filters/filter-columns.ts';
import type {
  AttributeFilter,
  RangeFilter,
  Scalar,
  SearchFilters,
} from '../../src/filters/search-filters.ts';
import type { Plane } from '../../src/segment/plane-reader.ts';

const inBounds = (value: Scalar, bounds: RangeFilter): boolean =>
  Object.entries(bounds).every(([name, bound]: [string, Scalar]) => {
    if (typeof bound !== typeof value) return false;
    if (name === 'gt') return value > bound;
    if (name === 'gte') return value >= bound;
    return name === 'lt' ? value < bound : value <= bound;
  });

const passesAttribute = (value: FilteredDocument['attributes'][string], filter: AttributeFilter): boolean =>
  [value].flat().some((one) => {
    if (Array.isArray(filter)) return filter.includes(one);
    return typeof filter === 'object' ? inBounds(one, filter as RangeFilter) : one === filter;
  });

const passesTimes = (modified: string | undefined, { since, until }: SearchFilters): boolean => {
  const time = Date.parse(modified ?? '');
  if (since !== undefined && !(time >= Date.parse(since))) return false;
  return until === undefined || time < Date.parse(until);
};

/** Filters by their definition, one document at a time. */
export const passes = (document: FilteredDocument, filters: SearchFilters): boolean => {
  const { entity = document.entity, id = document.entityId, attributes = {} } = filters;
  return (
    [entity].flat().includes(document.entity) &&
    [id].flat().includes(document.entityId) &&
    passesTimes(document.modified, filters) &&
    Object.entries(attributes).every(
      ([name, filter]) =>
        Object.hasOwn(document.attributes, name) &&
        passesAttribute(document.attributes[name] as Scalar, filter),
    )
  );
};

const pad = (day: number): string => String(day).padStart(2, '0');
const time = fc.integer({ min: 1, max: 28 }).map((day) => `2024-02-${pad(day)}T12:00:00Z`);
const entity = fc.integer({ min: 0, max: 40 }).map((code) => `entity ${code}`);
const entityId = fc.integer({ min: 0, max: 30 }).map(String);
const name = fc.constantFrom('year', 'tag', 'open', 'mixed', '__proto__', 'constructor', 'x.y');
const text = fc.oneof(
  fc.constantFrom('a', 'b', '1', 'true', '', '\ud800', '\udc00x', '\uffff', 'ÿ'.repeat(70)),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc
    .constantFrom('\uffff', '\u{10ffff}', 'z', '\ud7ff')
    .chain((unit) => fc.integer({ min: 30, max: 70 }).map((length) => unit.repeat(length))),
);
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, 0.5, 1e300));
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean());

const bounds = (bound: fc.Arbitrary<string | number>): fc.Arbitrary<RangeFilter> =>
  fc.record({ gt: bound, gte: bound, lt: bound, lte: bound }, { requiredKeys: [] });

const attributeFilter: fc.Arbitrary<AttributeFilter> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  bounds(text),
  bounds(number),
);

const dictionary = <T>(values: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(name, values), { maxLength }).map((entries) => Object.fromEntries(entries));

export const arbitraryDocument: fc.Arbitrary<FilteredDocument> = fc
  .record(
    {
      entity,
      entityId,
      modified: fc.oneof(time, fc.constant('no time')),
      attributes: dictionary(fc.oneof(scalar, fc.array(text, { maxLength: 3 })), 5),
      deleted: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
    },
    { requiredKeys: ['entity', 'entityId', 'attributes', 'deleted'] },
  )
  .map((document) => document);

const oneOrMore = <T>(one: fc.Arbitrary<T>, most: number): fc.Arbitrary<T | T[]> =>
  fc.oneof(one, fc.array(one, { maxLength: most }));

export const arbitraryFilters = fc.record(
  {
    entity: oneOrMore(entity, 30),
    id: oneOrMore(entityId, 20),
    since: time,
    until: time,
    attributes: dictionary(attributeFilter, 2),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SearchFilters>;

/** Documents in clusters: what a segment's builder knows when it calls upon the filters. */
export interface Sample {
  documents: FilteredDocument[];
  rowDocuments: Uint32Array;
  clusterFirstRow: Uint32Array;
}

export const arbitrarySample: fc.Arbitrary<Sample> = fc
  .array(arbitraryDocument, { maxLength: 12 })
  .chain((documents) => {
    // Tombstones have no rows.
    const live = documents.flatMap(({ deleted }, document) => (deleted ? [] : [document]));
    const rows = live.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...live), { maxLength: 40 });
    const cuts = fc.array(fc.nat(40), { maxLength: 5 });
    return fc.tuple(rows, cuts).map(([rowDocuments, starts]) => ({
      documents,
      rowDocuments: Uint32Array.from(rowDocuments),
      clusterFirstRow: Uint32Array.from([
        0,
        ...starts.map((start) => Math.min(start, rowDocuments.length)).sort((left, right) => left - right),
        rowDocuments.length,
      ]),
    }));
  });

export const builderOf = (documents: readonly FilteredDocument[]): FilterColumnsBuilder => {
  const builder = new FilterColumnsBuilder();
  documents.forEach((document, ordinal) => builder.add(ordinal, document));
  return builder;
};

export const planesOf = ({ documents, rowDocuments }: Omit<Sample, 'clusterFirstRow'>): Plane[] => [
  ...builderOf(documents).planes(),
  { name: 'rowDocuments', bytes: bytesOf(rowDocuments) },
];

/** A document with what a test is about. */
export const documentWith = (fields: Partial<FilteredDocument> = {}): FilteredDocument => ({
  entity: 'page',
  entityId: '1',
  attributes: {},
  deleted: false,
  ...fields,
});
