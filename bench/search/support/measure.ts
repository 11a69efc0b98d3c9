import { recallOf, TRUTH_K } from '../data/ground-truth.ts';
import type { DataSet } from '../data.ts';

const WARM_UP = 20;

/** One way of asking a system: the more effort, the more it finds. */
export interface SearchPoint {
  /** The knob and its value. */
  settings: string;
  /** Ids of the k nearest rows, best first. */
  search(query: Float32Array, k: number): number[] | Promise<number[]>;
}

/** What a point came to. */
export interface MeasuredPoint {
  settings: string;
  recall: number;
  p50Ms: number;
  p99Ms: number;
}

/** The value that a share of all values is at most. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** The queries of a set, each a view. */
export const queriesOf = ({ queries, dims }: Pick<DataSet, 'queries' | 'dims'>): Float32Array[] =>
  Array.from({ length: queries.length / dims }, (_, query) =>
    queries.slice(query * dims, (query + 1) * dims),
  );

/** Asks every query once, after a warm-up, one after the other. */
export const measurePoint = async (
  point: SearchPoint,
  set: Pick<DataSet, 'queries' | 'dims' | 'truth'>,
): Promise<MeasuredPoint> => {
  const queries = queriesOf(set);
  for (const query of queries.slice(-WARM_UP)) await point.search(query, TRUTH_K);
  const found: number[][] = [];
  const takenMs: number[] = [];
  for (const query of queries) {
    const startedMs = performance.now();
    const ids = await point.search(query, TRUTH_K);
    takenMs.push(performance.now() - startedMs);
    found.push(ids);
  }
  return {
    settings: point.settings,
    recall: recallOf(found, set.truth),
    p50Ms: quantile(takenMs, 0.5),
    p99Ms: quantile(takenMs, 0.99),
  };
};
