import type { Clock } from '../clock.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { waitedMs } from '../store/read-waits.ts';
import { annotator } from './annotate-hits.ts';
import { assertQuery, modeOf } from './assert-query.ts';
import { denseQuery, type DenseQuery } from './dense-scan.ts';
import { searchDense } from './dense-search.ts';
import { candidatesFor, diversify } from './diversify.ts';
import { explainSearch } from './explain.ts';
import { fuse, type RankedList, type RankedRow } from './fusion.ts';
import { fetchHits } from './hits.ts';
import { KnownRows } from './known-rows.ts';
import { searchLexical, type LexicalResult } from './lexical-search.ts';
import type { Scope } from './planner.ts';
import { scopesOf } from './scopes.ts';
import type {
  Recall,
  SearchMode,
  SearchPlan,
  SearchQuery,
  SearchResult,
  SearchTimings,
} from './search-types.ts';
import type { ScoredRow } from './top-k.ts';

/** Rows of each list that fusion looks at, at least. */
const FUSION_DEPTH = 200;
/** Of the order by estimates, how many rows are compared exactly, at least: one of them that is not here costs a request. */
const COMPARED_AFTER_FUSION = 24;
const DEFAULT_RECALL: Recall = 0.99;

/** What is searched: segments of one snapshot. */
export interface SearchTarget {
  segments: readonly SegmentReader[];
  dims: number;
  clock: Clock;
}

interface Search {
  query: SearchQuery;
  mode: SearchMode;
  scopes: readonly Scope[];
  known: KnownRows;
  meter: ReadMeter;
  clock: Clock;
  timings: SearchTimings;
}

/** The order that was found, and the lists that it was made from. */
export interface Ranking {
  rows: RankedRow[];
  plan?: SearchPlan;
  dense?: RankedList;
  lexical?: LexicalResult;
}

const asRanked = (rows: readonly ScoredRow[], name: 'dense' | 'lexical'): RankedRow[] =>
  rows.map(({ position, score }) => ({ position, score, [name]: score }));

type TimedStep = 'denseMs' | 'lexicalMs' | 'fuseMs' | 'fetchMs';

const timed = async <T>(search: Search, name: TimedStep, step: () => Promise<T>): Promise<T> => {
  const startedMs = search.clock.monotonicMs();
  const result = await step();
  search.timings[name] = search.clock.monotonicMs() - startedMs;
  return result;
};

const rankDense = (search: Search, query: DenseQuery, depth: number): ReturnType<typeof searchDense> => {
  const { scopes, known, meter, timings, clock } = search;
  const { k, recall = DEFAULT_RECALL } = search.query;
  const needsFloor = search.mode === 'hybrid';
  return timed(search, 'denseMs', () =>
    searchDense({ scopes, query, recall, k, depth, needsFloor, known, meter, timings, clock }),
  );
};

const rankLexical = (search: Search, depth: number): Promise<LexicalResult> => {
  const { query, scopes, meter } = search;
  return timed(search, 'lexicalMs', () => searchLexical(query.text ?? '', scopes, { depth, meter }));
};

// The lists are made side by side: each needs round trips of its own.
const rankHybrid = async (search: Search, query: DenseQuery): Promise<Ranking> => {
  const depth = Math.max(FUSION_DEPTH, search.query.k);
  const [{ list: dense, plan }, lexical] = await Promise.all([
    rankDense(search, query, depth),
    rankLexical(search, depth),
  ]);
  const { k, fusion } = search.query;
  const rows = await timed(search, 'fuseMs', async () => {
    const estimated = fuse(dense, lexical.list, fusion);
    const best = estimated.slice(0, Math.max(COMPARED_AFTER_FUSION, 1.5 * k));
    const learned = await search.known.learn(best.map(({ position }) => position));
    return learned ? fuse(dense, lexical.list, fusion) : estimated;
  });
  return { rows, plan, dense, lexical };
};

const rank = async (search: Search): Promise<Ranking> => {
  const { k, vector = new Float32Array() } = search.query;
  if (search.mode === 'lexical') {
    const lexical = await rankLexical(search, k);
    return { rows: asRanked(lexical.list.rows, 'lexical'), lexical };
  }
  const query = denseQuery(vector);
  if (search.mode === 'hybrid') return rankHybrid(search, query);
  const { list, plan } = await rankDense(search, query, k);
  return { rows: asRanked(list.rows, 'dense'), plan, dense: list };
};

const openSearch = async (target: SearchTarget, query: SearchQuery): Promise<Search> => {
  const meter: ReadMeter = { requests: 0, bytes: 0 };
  const timings = {
    ...{ filterMs: 0, denseMs: 0, lexicalMs: 0, scanMs: 0, rescoreMs: 0, fuseMs: 0, fetchMs: 0 },
    ...{ readMs: 0, totalMs: 0 },
  };
  const startedMs = target.clock.monotonicMs();
  const scopes = await scopesOf(target.segments, query.filters ?? {}, meter);
  timings.filterMs = target.clock.monotonicMs() - startedMs;
  const known = new KnownRows(scopes, meter);
  return { query, mode: modeOf(query), scopes, known, meter, clock: target.clock, timings };
};

const isAtLeast = ({ threshold = -Infinity }: SearchQuery, { score }: RankedRow): boolean =>
  score >= threshold;

// The rows that are results, in their order, and the ranking that they are from.
const choose = async (search: Search): Promise<{ ranking: Ranking; best: RankedRow[] }> => {
  const { query, known, scopes } = search;
  const { k, diversity = 0 } = query;
  if (diversity === 0) {
    const ranking = await rank(search);
    return { ranking, best: ranking.rows.filter((row) => isAtLeast(query, row)).slice(0, k) };
  }
  const rows = scopes.reduce((sum, { segment }) => sum + segment.rows, 0);
  const wanted = Math.min(candidatesFor(k), Math.max(1, rows));
  const ranking = await rank({ ...search, query: { ...query, k: wanted } });
  const candidates = ranking.rows.filter((row) => isAtLeast(query, row)).slice(0, wanted);
  await known.learn(candidates.map(({ position }) => position));
  return { ranking, best: diversify(candidates, known, { k, diversity }) };
};

/**
 * Searches the segments of one snapshot.
 * Errors: QUERY_INVALID, DIMENSION_MISMATCH, VECTOR_INVALID, FILTER_INVALID; OBJECT_MISSING when the snapshot is gone; SEGMENT_CORRUPT.
 */
export const searchSegments = async (target: SearchTarget, asked: SearchQuery): Promise<SearchResult> => {
  assertQuery(asked, target.dims);
  // Room for results is taken before any is found.
  const rows = target.segments.reduce((sum, segment) => sum + segment.rows, 0);
  const query = { ...asked, k: Math.min(asked.k, Math.max(1, rows)) };
  const startedMs = target.clock.monotonicMs();
  const search = await openSearch(target, query);
  const { scopes, known, meter, timings } = search;
  const { ranking, best } = await choose(search);
  const annotate = annotator(query, scopes, ranking);
  const hits = await timed(search, 'fetchMs', () => fetchHits(best, { scopes, known, meter, annotate }));
  timings.readMs = waitedMs(meter);
  timings.totalMs = target.clock.monotonicMs() - startedMs;
  const matched = scopes.reduce((sum, scope) => sum + scope.matched, 0);
  const { plan } = ranking;
  return {
    ...{ hits, matched, read: meter, timings },
    ...(plan && { plan }),
    ...(query.explain === true && { explanation: explainSearch(ranking) }),
  };
};
