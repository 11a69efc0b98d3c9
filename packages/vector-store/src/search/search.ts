import { PipelineError } from '@alluvium/contracts';
import { prepareLexicalQuery, scoreSegment } from '../lexical/bm25.ts';
import type { Clock } from '../clock.ts';
import { denseQuery, rowSimilarity, scanRows } from './dense-scan.ts';
import { rowMask, type RowMask } from './filters.ts';
import { fuse, type RankedList, type RankedRow } from './fusion.ts';
import { fetchHits } from './hits.ts';
import { assertVector } from '../delta/int8-rows.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import type { SearchMode, SearchQuery, SearchResult, SearchTimings } from './search-types.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import { TopK, type ScoredRow } from './top-k.ts';

/** Rows of each list that fusion looks at, at least. */
const FUSION_DEPTH = 200;

/** What is searched: segments of one snapshot. */
export interface SearchTarget {
  segments: readonly SegmentReader[];
  dims: number;
  clock: Clock;
}

interface Search {
  target: SearchTarget;
  query: SearchQuery;
  masks: RowMask[];
  meter: ReadMeter;
}

const refuse = (message: string, code = 'QUERY_INVALID'): PipelineError =>
  new PipelineError(message, { code, kind: 'invalid' });

const modeOf = ({ mode, vector, text }: SearchQuery): SearchMode => {
  if (mode === 'hybrid' && (vector === undefined || text === undefined))
    return vector === undefined ? 'lexical' : 'dense';
  return mode;
};

const assertQuery = (query: SearchQuery, dims: number): void => {
  const mode = modeOf(query);
  if (!Number.isSafeInteger(query.k) || query.k < 1) throw refuse(`k is ${query.k}; it counts from 1`);
  if (mode === 'lexical' && query.text === undefined) throw refuse('A lexical search needs a text');
  if (mode === 'lexical') return;
  if (query.vector === undefined) throw refuse('A dense search needs a vector');
  if (query.vector.length !== dims)
    throw refuse(`The query has ${query.vector.length} dimensions, the index ${dims}`, 'DIMENSION_MISMATCH');
  assertVector(query.vector, dims);
};

const basesOf = (segments: readonly SegmentReader[]): number[] => {
  let base = 0;
  return segments.map(({ descriptor }) => {
    const first = base;
    base += descriptor.chunks;
    return first;
  });
};

// Finds the segment of a position and scores the row there.
const scorer =
  (bases: readonly number[], scoreRow: (segment: number, row: number) => number) =>
  (position: number): number => {
    const segment = bases.findLastIndex((base) => base <= position);
    return scoreRow(segment, position - (bases[segment] ?? 0));
  };

const denseList = async ({ target, query, masks, meter }: Search, depth: number): Promise<RankedList> => {
  const prepared = denseQuery(query.vector ?? new Float32Array());
  const best = new TopK(depth);
  const bases = basesOf(target.segments);
  const planes = await Promise.all(target.segments.map((segment) => segment.group('scan', meter)));
  let floor = Infinity;
  planes.forEach((scan, index) => {
    if (masks[index]?.matched === 0) return;
    const into = { best, base: bases[index] ?? 0, mask: masks[index]?.mask };
    floor = Math.min(floor, scanRows(prepared, scan, into));
  });
  const scoreOf = scorer(bases, (segment, row) => {
    const scan = planes[segment];
    return scan ? rowSimilarity(prepared, scan, row) : 0;
  });
  return { rows: best.sorted(), floor, scoreOf };
};

const lexicalList = async ({ target, query, masks, meter }: Search, depth: number): Promise<RankedList> => {
  const prepared = await prepareLexicalQuery(query.text ?? '', target.segments, meter);
  const best = new TopK(depth);
  const bases = basesOf(target.segments);
  const scores: Float64Array[] = [];
  for (const [index, segment] of target.segments.entries()) {
    const into = { best, base: bases[index] ?? 0, mask: masks[index]?.mask };
    scores.push(await scoreSegment(prepared, { segment, index, meter }, into));
  }
  // What every row without a term of the query scores.
  const floor = 0;
  return {
    rows: best.sorted(),
    floor,
    scoreOf: scorer(bases, (segment, row) => scores[segment]?.[row] ?? 0),
  };
};

const asRanked = (rows: readonly ScoredRow[], name: 'dense' | 'lexical'): RankedRow[] =>
  rows.map(({ position, score }) => ({ position, score, [name]: score }));

// Everything that the mode will need is asked for at once: one round trip on a cold start.
const prefetch = (segments: readonly SegmentReader[], mode: SearchMode, meter: ReadMeter): void => {
  for (const segment of segments) {
    const groups = [
      segment.group('columns', meter),
      ...(mode === 'lexical' ? [] : [segment.group('scan', meter)]),
      ...(mode === 'dense' ? [] : [segment.group('lexicon', meter)]),
    ];
    // Failures show where the group is used.
    for (const group of groups) group.catch(() => undefined);
  }
};

const rank = async (search: Search, lap: (name: keyof SearchTimings) => void): Promise<RankedRow[]> => {
  const { k } = search.query;
  const mode = modeOf(search.query);
  const depth = mode === 'hybrid' ? Math.max(FUSION_DEPTH, k) : k;
  const dense = mode === 'lexical' ? undefined : await denseList(search, depth);
  lap('denseMs');
  const lexical = mode === 'dense' ? undefined : await lexicalList(search, depth);
  lap('lexicalMs');
  if (dense && lexical) return fuse(dense, lexical);
  return dense ? asRanked(dense.rows, 'dense') : asRanked(lexical?.rows ?? [], 'lexical');
};

/**
 * Searches the segments of one snapshot.
 * Errors: QUERY_INVALID, DIMENSION_MISMATCH, VECTOR_INVALID, FILTER_INVALID; OBJECT_MISSING when the snapshot is gone; SEGMENT_CORRUPT.
 */
export const searchSegments = async (target: SearchTarget, query: SearchQuery): Promise<SearchResult> => {
  assertQuery(query, target.dims);
  const meter: ReadMeter = { requests: 0, bytes: 0 };
  const timings: SearchTimings = { filterMs: 0, denseMs: 0, lexicalMs: 0, fetchMs: 0, totalMs: 0 };
  const startedMs = target.clock.monotonicMs();
  let lastMs = startedMs;
  const lap = (name: keyof SearchTimings): void => {
    const nowMs = target.clock.monotonicMs();
    timings[name] = nowMs - lastMs;
    lastMs = nowMs;
  };
  prefetch(target.segments, modeOf(query), meter);
  const filters = query.filters ?? {};
  const masks = await Promise.all(target.segments.map((segment) => rowMask(segment, filters, meter)));
  lap('filterMs');
  const ranked = await rank({ target, query, masks, meter }, lap);
  const least = query.threshold ?? -Infinity;
  const best = ranked.filter(({ score }) => score >= least).slice(0, query.k);
  const hits = await fetchHits(target.segments, best, meter);
  lap('fetchMs');
  timings.totalMs = lastMs - startedMs;
  return { hits, matched: masks.reduce((sum, { matched }) => sum + matched, 0), read: meter, timings };
};
