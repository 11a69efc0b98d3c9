import type { ScoredRow } from './top-k.ts';

/** A row with the scores that it has; `score` orders. */
export interface RankedRow {
  position: number;
  score: number;
  dense?: number;
  lexical?: number;
}

const scaled = (rows: readonly ScoredRow[], floor: number): Map<number, number> => {
  const top = rows[0]?.score ?? 0;
  return new Map(
    rows.map(({ position, score }) => [position, top === floor ? 1 : (score - floor) / (top - floor)]),
  );
};

/**
 * Min-max sum, 1:1, over the union of two ranked lists: each list's scores are stretched to 0..1 and added; a row that a list
 * does not have gets 0 from it. The lexical floor is 0, what every row without a term of the query scores; the dense floor is the
 * last row of the list.
 */
export const fuse = (dense: readonly ScoredRow[], lexical: readonly ScoredRow[]): RankedRow[] => {
  const [denseShare, lexicalShare] = [scaled(dense, dense.at(-1)?.score ?? 0), scaled(lexical, 0)];
  const fused = new Map<number, RankedRow>();
  for (const { position, score } of dense)
    fused.set(position, { position, score: denseShare.get(position) ?? 0, dense: score });
  for (const { position, score } of lexical) {
    const row = fused.get(position) ?? { position, score: 0 };
    fused.set(position, { ...row, score: row.score + (lexicalShare.get(position) ?? 0), lexical: score });
  }
  return [...fused.values()].sort(
    (left, right) => right.score - left.score || left.position - right.position,
  );
};
