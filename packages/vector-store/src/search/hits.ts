import { openRecord, parseChunk, parseDocument } from '../segment/payload-records.ts';
import type { ChunkRecord, DocumentRecord } from '../segment/segment-format.ts';
import type { RowPlace } from '../segment/row-records.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ByteRange } from '../store/object-store.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { RankedRow } from './fusion.ts';
import type { KnownRows } from './known-rows.ts';
import type { Scope } from './planner.ts';
import type { SearchHit } from './search-types.ts';

const makeHit = (
  { score, dense, lexical }: RankedRow,
  document: DocumentRecord,
  [chunkId, ordinal, start, end, text]: ChunkRecord,
): SearchHit => ({
  chunkId,
  documentId: document.documentId,
  source: document.source,
  entity: document.entity,
  entityId: document.entityId,
  title: document.title,
  ...(document.url !== undefined && { url: document.url }),
  ...(document.modified !== undefined && { modified: document.modified }),
  attributes: document.attributes,
  text,
  ordinal,
  start,
  end,
  score,
  scores: { ...(dense !== undefined && { dense }), ...(lexical !== undefined && { lexical }) },
});

const rangesOf = ({ chunkOffset, chunkLength, documentOffset, documentLength }: RowPlace): ByteRange[] => [
  { start: chunkOffset, end: chunkOffset + chunkLength },
  { start: documentOffset, end: documentOffset + documentLength },
];

interface HitRecords {
  chunk: ChunkRecord;
  document: DocumentRecord;
}

const readRecords = async (
  segment: SegmentReader,
  places: readonly RowPlace[],
  meter: ReadMeter,
): Promise<HitRecords[]> => {
  const ranges = places.flatMap(rangesOf);
  const records = await segment.ranges('payload', ranges, meter);
  const read = <T>(index: number, parse: (json: Uint8Array, refuse: (what: string) => Error) => T): T => {
    const refuse = (what: string): Error => segment.corrupt('payload', ranges[index]?.start ?? 0, what);
    const json = openRecord(records[index] ?? new Uint8Array());
    if (json) return parse(json, refuse);
    throw refuse('the checksum of a record does not match');
  };
  return places.map((_, index) => ({
    chunk: read(2 * index, parseChunk),
    document: read(2 * index + 1, parseDocument),
  }));
};

/** Where hits come from. */
export interface HitSource {
  scopes: readonly Scope[];
  known: KnownRows;
  meter: ReadMeter;
  /** What else a hit should say. */
  annotate: (row: RankedRow, hit: SearchHit) => Partial<SearchHit>;
}

/** Reads text and document of the given rows, and of no others; keeps their order. Errors: OBJECT_MISSING, SEGMENT_CORRUPT. */
export const fetchHits = async (
  ranked: readonly RankedRow[],
  { scopes, known, meter, annotate }: HitSource,
): Promise<SearchHit[]> => {
  await known.learn(ranked.map(({ position }) => position));
  const places = ranked.flatMap((row) => {
    const place = known.place(row.position);
    return place ? [{ row, place, scope: known.scopeOf(row.position) }] : [];
  });
  const hits = new Map<RankedRow, SearchHit>();
  await Promise.all(
    scopes.map(async ({ segment }, scope) => {
      const own = places.filter((place) => place.scope === scope);
      if (own.length === 0) return;
      const records = await readRecords(
        segment,
        own.map(({ place }) => place),
        meter,
      );
      own.forEach(({ row }, index) => {
        const { chunk, document } = records[index] as HitRecords;
        const hit = makeHit(row, document, chunk);
        hits.set(row, { ...hit, ...annotate(row, hit) });
      });
    }),
  );
  return ranked.flatMap((row) => hits.get(row) ?? []);
};
