import { crc32 } from 'node:zlib';
import type { PlaneReader } from '../segment/plane-reader.ts';
import type { AttributeEntry } from './attribute-columns.ts';
import { asStatistics } from './attribute-statistics.ts';
import { assertBelow, parseList, unpackColumn, type CodedColumn } from './coded-column.ts';
import type { AttributeCondition } from './compiled-filters.ts';
import type { Scalar } from './search-filters.ts';

const INDEX = 'attributeIndex';
const PLANE = 'attributes';

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const readIndex = async (reader: PlaneReader): Promise<Map<string, Partial<AttributeEntry>>> => {
  const bytes = await reader.whole(INDEX);
  const refuse = () => reader.corrupt(INDEX, 0, 'it is no list of attributes');
  const entries = parseList(bytes, refuse) as (Partial<AttributeEntry> | null)[];
  return new Map(
    entries.map((entry) => {
      if (typeof entry?.name !== 'string') throw refuse();
      return [entry.name, entry];
    }),
  );
};

const rangeOf = (reader: PlaneReader, { name, start, sizeBytes }: Partial<AttributeEntry>) => {
  if (!isCount(start) || !isCount(sizeBytes) || start + sizeBytes > reader.sizeOf(PLANE))
    throw reader.corrupt(INDEX, 0, `it places ${name ?? ''} outside the plane ${PLANE}`);
  return { start, end: start + sizeBytes };
};

const openColumn = (reader: PlaneReader, entry: Partial<AttributeEntry>, bytes: Uint8Array): CodedColumn => {
  const { name = '', start = 0, crc32: checksum, values } = entry;
  const refuse = (offset: number, what: string) =>
    reader.corrupt(PLANE, start + offset, `attribute ${name}: ${what}`);
  if (crc32(bytes) !== checksum) throw refuse(0, 'its checksum does not match');
  const column = unpackColumn(bytes, refuse);
  if (column.values.length === values) return column;
  throw refuse(0, `${column.values.length} values instead of ${values ?? 'a number of them'}`);
};

const passingDocuments = (
  reader: PlaneReader,
  { documents, codes, values }: CodedColumn,
  condition: AttributeCondition,
  passing: Uint8Array,
): Uint8Array => {
  const refuse = () => reader.corrupt(PLANE, 0, `attribute ${condition.name} is of a document too many`);
  // The distinct values are judged once, then codes are looked up.
  const good = Uint8Array.from(values, (value) => (condition.passes(value as Scalar) ? 1 : 0));
  if (documents) {
    assertBelow(documents, passing.length, refuse);
    for (let entry = 0; entry < codes.length; entry += 1)
      if (good[codes[entry] as number] === 1) passing[documents[entry] as number] = 1;
    return passing;
  }
  if (codes.length > passing.length) throw refuse();
  for (let entry = 0; entry < codes.length; entry += 1)
    passing[entry] = good[codes[entry] as number] as number;
  return passing;
};

/**
 * For each condition a byte a document, 1 when it passes. Reads the named attributes only, and none of which no value can pass.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const readAttributePasses = async (
  reader: PlaneReader,
  documents: number,
  conditions: readonly AttributeCondition[],
): Promise<Uint8Array[]> => {
  if (conditions.length === 0) return [];
  const index = await readIndex(reader);
  const entries = conditions.map(({ name, mayPass }) => {
    const entry = index.get(name);
    const statistics = asStatistics(entry?.statistics);
    return !statistics || mayPass(statistics) ? entry : undefined;
  });
  // One condition that nothing passes leaves nothing to the others.
  if (entries.includes(undefined)) return [new Uint8Array(documents)];
  const known = entries as Partial<AttributeEntry>[];
  const parts = await reader.ranges(
    PLANE,
    known.map((entry) => rangeOf(reader, entry)),
  );
  return conditions.map((condition, position) => {
    const bytes = parts[position] as Uint8Array;
    const column = openColumn(reader, known[position] as Partial<AttributeEntry>, bytes);
    return passingDocuments(reader, column, condition, new Uint8Array(documents));
  });
};
