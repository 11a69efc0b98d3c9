import type { RankedRow } from './fusion.ts';
import type { KnownRows } from './known-rows.ts';

/** Rows to choose from, for each result; more cost reads and change little. */
const CANDIDATES_EACH = 4;
const LEAST_CANDIDATES = 50;

/** Choosing compares every candidate with every result. */
export const MOST_DIVERSE = 100;

/** Rows that are ranked so that `k` diverse ones can be chosen. */
export const candidatesFor = (k: number): number => Math.max(LEAST_CANDIDATES, CANDIDATES_EACH * k);

interface Candidate {
  row: RankedRow;
  /** Place of its score among those of the candidates, 0 to 1. */
  relevance: number;
  vector: Float32Array | undefined;
  /** To the nearest row that was chosen. */
  similarity: number;
}

const dot = (left: Float32Array | undefined, right: Float32Array | undefined): number => {
  if (!left || !right) return 0;
  let sum = 0;
  for (let index = 0; index < left.length; index += 1)
    sum += (left[index] as number) * (right[index] as number);
  return sum;
};

const candidatesOf = (rows: readonly RankedRow[], known: KnownRows): Candidate[] => {
  const [top = 0, least = 0] = [rows[0]?.score, rows.at(-1)?.score];
  return rows.map((row) => ({
    row,
    relevance: top === least ? 1 : (row.score - least) / (top - least),
    vector: known.unitVector(row.position),
    similarity: 0,
  }));
};

/**
 * Chooses `k` of the ranked rows one by one: each time the one whose relevance, less its likeness to those chosen, is greatest
 * (maximal marginal relevance, Carbonell and Goldstein 1998). `diversity` 0 keeps the order, 1 minds likeness alone. Rows must be
 * the best first; those without a known vector are like none.
 */
export const diversify = (
  rows: readonly RankedRow[],
  known: KnownRows,
  { k, diversity }: { k: number; diversity: number },
): RankedRow[] => {
  const waiting = candidatesOf(rows, known);
  const chosen: RankedRow[] = [];
  const worth = ({ relevance, similarity }: Candidate): number =>
    (1 - diversity) * relevance - diversity * similarity;
  while (chosen.length < k && waiting.length > 0) {
    // The first of equals: the more relevant one.
    const best = waiting.reduce((one, other) => (worth(other) > worth(one) ? other : one));
    waiting.splice(waiting.indexOf(best), 1);
    chosen.push(best.row);
    for (const candidate of waiting)
      candidate.similarity = Math.max(candidate.similarity, dot(candidate.vector, best.vector));
  }
  return chosen;
};
