import type { RankedRow } from './fusion.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { SearchHit } from './search-types.ts';
import {
  documentRecordIndex,
  rowRecordIndex,
  type ChunkRecord,
  type DocumentRecord,
} from '../segment/segment-format.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';

/** The document of a row: the last one whose first row is not after it. */
const documentOfRow = (firstRow: Uint32Array, row: number): number => {
  let [low, high] = [0, firstRow.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((firstRow[middle] ?? 0) <= row) low = middle;
    else high = middle;
  }
  return low;
};

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

const fetchFromSegment = async (
  segment: SegmentReader,
  rows: readonly { row: number; ranked: RankedRow }[],
  meter: ReadMeter,
): Promise<[RankedRow, SearchHit][]> => {
  if (rows.length === 0) return [];
  const { documentFirstRow } = await segment.group('columns', meter);
  const indexes = rows.flatMap(({ row }) => {
    const document = documentOfRow(documentFirstRow, row);
    return [documentRecordIndex(document, documentFirstRow[document] ?? 0), rowRecordIndex(row, document)];
  });
  const records = await segment.records(indexes, meter);
  return rows.map(({ ranked }, index) => [
    ranked,
    makeHit(ranked, records[2 * index] as DocumentRecord, records[2 * index + 1] as ChunkRecord),
  ]);
};

/** Reads text and document of the given rows, and of no others; keeps their order. */
export const fetchHits = async (
  segments: readonly SegmentReader[],
  ranked: readonly RankedRow[],
  meter: ReadMeter,
): Promise<SearchHit[]> => {
  let base = 0;
  const fetched = segments.map((segment) => {
    const first = base;
    base += segment.descriptor.chunks;
    const rows = ranked
      .filter(({ position }) => position >= first && position < first + segment.descriptor.chunks)
      .map((row) => ({ row: row.position - first, ranked: row }));
    return fetchFromSegment(segment, rows, meter);
  });
  const hits = new Map((await Promise.all(fetched)).flat());
  return ranked.flatMap((row) => hits.get(row) ?? []);
};
