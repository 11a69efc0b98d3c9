import { PipelineError } from '@alluvium/contracts';
import { residentCache } from '../cache/plane-cache.ts';
import { systemClock } from '../clock.ts';
import { searchSegments, type SearchTarget } from '../search/search.ts';
import type { Recall, SearchResult, Way } from '../search/search-types.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { sampleRows, type RecallQuery } from './sample-rows.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** What to measure. */
export interface RecallOptions {
  /** Chunks whose vectors are searched for, chosen by chance; 200 by default. */
  samples?: number;
  /** Results of each search; 10 by default. */
  k?: number;
  /** What the planned searches are asked for; 0.95 by default. */
  recall?: Recall;
  /** Of the choice; 1 by default. */
  seed?: number;
  /** Search for these instead of chunks of the snapshot: questions that were asked are a harder and truer measure. */
  vectors?: readonly Float32Array[];
  /** Told after each query. */
  onQuery?: (done: number, total: number) => void;
}

/** What searches of one kind cost, a query. */
export interface RecallCost {
  medianMs: number;
  p95Ms: number;
  meanBytes: number;
  meanRequests: number;
}

/** What was found out. */
export interface RecallReport {
  /** Of the snapshot. */
  version: number;
  /** Chunks in it. */
  chunks: number;
  queries: number;
  k: number;
  asked: Recall;
  /** Mean share of the true k nearest chunks that a planned search found. */
  recall: number;
  /** 95 % interval of it for queries like these. */
  interval: { low: number; high: number };
  /** The query with the least share, and the chunks that it should have found. */
  worst?: { query: string; recall: number; missed: string[] };
  planned: RecallCost;
  exact: RecallCost;
  /** How many segments were searched in which way, over all planned searches. */
  ways: Partial<Record<Way, number>>;
}

interface Compared {
  query: RecallQuery;
  share: number;
  missed: string[];
  planned: SearchResult;
  exact: SearchResult;
}

const neighbours = ({ hits }: SearchResult, { own }: RecallQuery, k: number): SearchResult['hits'] =>
  hits.filter(({ chunkId }) => chunkId !== own).slice(0, k);

// Chunks of equal scores stand for each other. Both searches compare the rows that they return exactly, so scores tell.
const compare = (
  query: RecallQuery,
  k: number,
  [planned, exact]: readonly [SearchResult, SearchResult],
): Compared => {
  const truth = neighbours(exact, query, k);
  const found = neighbours(planned, query, k);
  const least = truth.at(-1)?.score ?? 0;
  const good = found.filter(({ score }) => score >= least).length;
  const ids = new Set(found.map(({ chunkId }) => chunkId));
  const share = truth.length === 0 ? 1 : Math.min(1, good / truth.length);
  const missed = share === 1 ? [] : truth.map(({ chunkId }) => chunkId).filter((id) => !ids.has(id));
  return { query, share, missed, planned, exact };
};

const costOf = (results: readonly SearchResult[]): RecallCost => {
  const times = results.map(({ timings }) => timings.totalMs).sort((left, right) => left - right);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const mean = (valueOf: (result: SearchResult) => number): number =>
    results.reduce((sum, result) => sum + valueOf(result), 0) / Math.max(1, results.length);
  return {
    medianMs: at(0.5),
    p95Ms: at(0.95),
    meanBytes: mean(({ read }) => read.bytes),
    meanRequests: mean(({ read }) => read.requests),
  };
};

const countWays = (results: readonly SearchResult[]): Partial<Record<Way, number>> => {
  const ways: Partial<Record<Way, number>> = {};
  for (const { plan } of results)
    for (const { way } of plan?.segments ?? []) ways[way] = (ways[way] ?? 0) + 1;
  return ways;
};

const worstOf = (compared: readonly Compared[]): RecallReport['worst'] => {
  const [worst] = [...compared].sort((left, right) => left.share - right.share);
  return worst && { query: worst.query.name, recall: worst.share, missed: worst.missed };
};

// With a cache of its own: rows that the exact search brings in would change what the planned one does.
const exactTarget = (target: SearchTarget): SearchTarget => {
  const sizeOf = (segment: SegmentReader): number =>
    ['rows', 'rowDocuments'].reduce((sum, plane) => sum + segment.sizeOf(plane), 0);
  const memoryBytes = target.segments.reduce((sum, segment) => sum + sizeOf(segment), 0);
  const cache = residentCache({ memoryBytes: 2 * memoryBytes });
  return { ...target, segments: target.segments.map((segment) => segment.withCache(cache)) };
};

const DEFAULTS = { samples: 200, k: 10, recall: 0.95 as Recall, seed: 1 };

const queriesFor = (
  { vectors, samples = DEFAULTS.samples, seed = DEFAULTS.seed }: RecallOptions,
  segments: readonly SegmentReader[],
): Promise<RecallQuery[]> => {
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new PipelineError(`samples is ${samples}; it counts from 1`, {
      code: 'QUERY_INVALID',
      kind: 'invalid',
      details: { samples },
    });
  if (!vectors) return sampleRows(segments, samples, seed);
  return Promise.resolve(vectors.map((vector, at) => ({ name: `vector ${at}`, vector })));
};

const describe = (compared: readonly Compared[]) => {
  const mean = compared.reduce((sum, { share }) => sum + share, 0) / Math.max(1, compared.length);
  const worst = worstOf(compared);
  const planned = compared.map((one) => one.planned);
  return {
    queries: compared.length,
    recall: mean,
    interval: wilsonInterval(mean, compared.length),
    ...(worst && { worst }),
    planned: costOf(planned),
    exact: costOf(compared.map((one) => one.exact)),
    ways: countWays(planned),
  };
};

/**
 * How much of what an exact search finds the planned search of a live snapshot finds, over queries chosen by chance. A chunk does not
 * count among its own neighbours. Planned searches use the cache of the snapshot as they find it; exact ones have memory for all
 * rows. Both search the same version from beginning to end.
 *
 * The interval is Wilson's with a query as one trial. The hits of one query depend on each other, so that taking each for a trial
 * would make it too narrow; and a bootstrap over queries gives an interval of no width where every query found everything.
 *
 * Errors: QUERY_INVALID, DIMENSION_MISMATCH, VECTOR_INVALID, OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const measureRecall = async (
  snapshot: Snapshot,
  options: RecallOptions = {},
): Promise<RecallReport> => {
  const { k = DEFAULTS.k, recall = DEFAULTS.recall, onQuery } = options;
  const { segments, index, head } = snapshot.view;
  const target: SearchTarget = { segments, dims: index.model.dims, clock: systemClock };
  const exact = exactTarget(target);
  const queries = await queriesFor(options, exact.segments);
  const compared: Compared[] = [];
  for (const query of queries) {
    // One more, for a chunk that finds itself.
    const wanted = { vector: query.vector, k: query.own === undefined ? k : k + 1, mode: 'dense' as const };
    const planned = await searchSegments(target, { ...wanted, recall });
    const whole = await searchSegments(exact, { ...wanted, recall: 'exact' });
    compared.push(compare(query, k, [planned, whole]));
    onQuery?.(compared.length, queries.length);
  }
  return { version: head.version, chunks: head.counts.chunks, k, asked: recall, ...describe(compared) };
};
