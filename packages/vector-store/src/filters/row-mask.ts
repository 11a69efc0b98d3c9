import { float64sOf, uint32sOf } from '../bytes/typed-bytes.ts';
import type { PlaneReader } from '../segment/plane-reader.ts';
import { readAttributePasses } from './attribute-reader.ts';
import { unpackColumn } from './coded-column.ts';
import { compileFilters, isUnconditional, type CompiledFilters, type TimeSpan } from './compiled-filters.ts';
import { ENTITY_ID_HASH_BYTES, hashMatcher } from './entity-id-hashes.ts';
import type { SearchFilters } from './search-filters.ts';

/** Rows of a segment that pass: a byte a row, absent when all do. */
export interface RowMask {
  mask: Uint8Array | undefined;
  matched: number;
}

/** What a mask is about. */
export interface MaskedSegment {
  rows: number;
  documents: number;
  /** A byte a document, 1 when it was replaced or deleted: its rows never pass. */
  dead?: Uint8Array;
}

/** A byte a document, 1 when it passes one condition. */
type Passes = Uint8Array;

const readFixed = async (
  reader: PlaneReader,
  plane: string,
  { count, bytesEach }: { count: number; bytesEach: number },
): Promise<Uint8Array> => {
  const bytes = await reader.whole(plane);
  if (bytes.length === count * bytesEach) return bytes;
  throw reader.corrupt(plane, 0, `${bytes.length} bytes instead of ${count * bytesEach}`);
};

const readEntityPasses = async (
  reader: PlaneReader,
  documents: number,
  wanted: ReadonlySet<string>,
): Promise<Passes> => {
  const plane = 'documentEntities';
  const bytes = await reader.whole(plane);
  const column = unpackColumn(bytes, (offset, what) => reader.corrupt(plane, offset, what));
  const { codes, values } = column;
  if (codes.length !== documents || column.documents)
    throw reader.corrupt(plane, 0, `${codes.length} entities of ${documents} documents`);
  const good = Uint8Array.from(values, (entity) => (wanted.has(entity as string) ? 1 : 0));
  const passes = new Uint8Array(documents);
  for (let document = 0; document < documents; document += 1)
    passes[document] = good[codes[document] as number] as number;
  return passes;
};

const readTimePasses = async (
  reader: PlaneReader,
  documents: number,
  { from, to }: TimeSpan,
): Promise<Passes> => {
  const modified = float64sOf(
    await readFixed(reader, 'documentModified', { count: documents, bytesEach: 8 }),
  );
  const passes = new Uint8Array(documents);
  for (let document = 0; document < documents; document += 1) {
    const time = modified[document] as number;
    if (time >= from && time < to) passes[document] = 1;
  }
  return passes;
};

const readIdPasses = async (
  reader: PlaneReader,
  documents: number,
  entityIds: readonly string[],
): Promise<Passes> => {
  const size = { count: documents, bytesEach: ENTITY_ID_HASH_BYTES };
  const matches = hashMatcher(await readFixed(reader, 'entityIdHashes', size), entityIds);
  const passes = new Uint8Array(documents);
  for (let document = 0; document < documents; document += 1) if (matches(document)) passes[document] = 1;
  return passes;
};

const readPasses = async (
  reader: PlaneReader,
  documents: number,
  { entities, ids, times, attributes }: CompiledFilters,
): Promise<Passes[]> => {
  const [attributePasses, ...passes] = await Promise.all([
    readAttributePasses(reader, documents, attributes),
    ...(entities ? [readEntityPasses(reader, documents, entities)] : []),
    ...(times ? [readTimePasses(reader, documents, times)] : []),
    ...(ids ? [readIdPasses(reader, documents, ids)] : []),
  ]);
  return [...attributePasses, ...passes];
};

const notDead = (reader: PlaneReader, documents: number, dead: Uint8Array | undefined): Passes => {
  const alive = new Uint8Array(documents).fill(1);
  if (!dead) return alive;
  if (dead.length !== documents)
    throw reader.corrupt('rowDocuments', 0, `${dead.length} marks of the dead for ${documents} documents`);
  for (let document = 0; document < documents; document += 1) if (dead[document] !== 0) alive[document] = 0;
  return alive;
};

const intersect = (passing: Passes, all: readonly Passes[]): void => {
  for (const one of all)
    for (let document = 0; document < passing.length; document += 1)
      passing[document] = (passing[document] as number) & (one[document] as number);
};

const scatter = (reader: PlaneReader, rowDocuments: Uint32Array, passing: Passes): RowMask => {
  const mask = new Uint8Array(rowDocuments.length);
  let matched = 0;
  for (let row = 0; row < mask.length; row += 1) {
    const document = rowDocuments[row] as number;
    if (document >= passing.length)
      throw reader.corrupt(
        'rowDocuments',
        row * 4,
        `row ${row} is of document ${document} of ${passing.length}`,
      );
    const pass = passing[document] as number;
    mask[row] = pass;
    matched += pass;
  }
  return { mask: matched === mask.length ? undefined : mask, matched };
};

/**
 * Evaluates the filters over a segment before anything is scored; only the planes that they need are read, all at once.
 * Errors: FILTER_INVALID, OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const rowMask = async (
  reader: PlaneReader,
  { rows, documents, dead }: MaskedSegment,
  filters: SearchFilters,
): Promise<RowMask> => {
  const compiled = compileFilters(filters);
  if (isUnconditional(compiled) && !dead?.some((mark) => mark !== 0))
    return { mask: undefined, matched: rows };
  const passing = notDead(reader, documents, dead);
  const [rowDocuments, passes] = await Promise.all([
    readFixed(reader, 'rowDocuments', { count: rows, bytesEach: 4 }),
    readPasses(reader, documents, compiled),
  ]);
  intersect(passing, passes);
  return scatter(reader, uint32sOf(rowDocuments), passing);
};
