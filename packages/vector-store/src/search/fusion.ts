import type { ScoredRow } from './top-k.ts';

/** A row with the scores that it has; `score` orders. */
export interface RankedRow {
  position: number;
  score: number;
  dense?: number;
  lexical?: number;
}

/** The best rows by one measure, and the measure itself for any other row. */
export interface RankedList {
  /** The best first. */
  rows: readonly ScoredRow[];
  /** The least score that any row of the search has. */
  floor: number;
  scoreOf: (position: number) => number;
}

const share = (score: number, { rows, floor }: RankedList): number => {
  const top = rows[0]?.score;
  if (top === undefined) return 0;
  return top === floor ? 1 : (score - floor) / (top - floor);
};

/**
 * Min-max sum, 1:1, over the union of two ranked lists: scores are stretched so that the least of all rows is 0 and the best 1,
 * and added. A row of one list gets its true share of the other too: counting it as 0 there lost 1.4 points of nDCG@10 on four
 * public sets, and fell below BM25 alone on two of them.
 */
export const fuse = (dense: RankedList, lexical: RankedList): RankedRow[] => {
  const union = new Set([...dense.rows, ...lexical.rows].map(({ position }) => position));
  return [...union]
    .map((position) => {
      const scores = { dense: dense.scoreOf(position), lexical: lexical.scoreOf(position) };
      const score = share(scores.dense, dense) + share(scores.lexical, lexical);
      return { position, score, dense: scores.dense, ...(scores.lexical > 0 && { lexical: scores.lexical }) };
    })
    .sort((left, right) => right.score - left.score || left.position - right.position);
};
