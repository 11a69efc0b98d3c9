import { recallOf, TRUTH_K } from '../data/ground-truth.ts';
import type { DataSet } from '../data.ts';

const WARM_UP = 20;

/** One way of asking a system: the more effort, the more it finds. */
export interface SearchPoint {
  /** The knob and its value. */
  settings: string;
  /** Ids of the k nearest rows, best first. */
  search(query: Float32Array, k: number): number[] | Promise<number[]>;
  /** How the last search went about it, where the system tells. */
  explain?(): Explained;
}

/** A plan in a word, and the time that went into vectors alone: no passages, no opening. */
export interface Explained {
  plan: string;
  scanMs: number;
}

/** What a point came to. */
export interface MeasuredPoint {
  settings: string;
  plan?: string;
  scanP50Ms?: number;
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
  const explained: Explained[] = [];
  for (const query of queries) {
    const startedMs = performance.now();
    const ids = await point.search(query, TRUTH_K);
    takenMs.push(performance.now() - startedMs);
    found.push(ids);
    if (point.explain) explained.push(point.explain());
  }
  return {
    settings: point.settings,
    ...(explained.length > 0 && {
      plan: [...new Set(explained.map(({ plan }) => plan))].join(', '),
      scanP50Ms: quantile(
        explained.map(({ scanMs }) => scanMs),
        0.5,
      ),
    }),
    recall: recallOf(found, set.truth),
    p50Ms: quantile(takenMs, 0.5),
    p99Ms: quantile(takenMs, 0.99),
  };
};
