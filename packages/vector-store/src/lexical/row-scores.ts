/** Sums by row, most of them 0. */
export interface RowScores {
  add: (row: number, score: number) => void;
  scoreOf: (row: number) => number;
  /** Rows with a sum, ascending. */
  forEach: (visit: (row: number, score: number) => void) => void;
}

// A map entry takes some 40 bytes and a hash: worth it only where few rows get one.
const ROWS_PER_MAP_ENTRY = 16;

const columnScores = (rowCount: number): RowScores => {
  // Not f32: then equal rows of a small and a large segment would score differently.
  const scores = new Float64Array(rowCount);
  return {
    add: (row, score) => {
      scores[row] = (scores[row] ?? 0) + score;
    },
    scoreOf: (row) => scores[row] ?? 0,
    forEach: (visit) => {
      scores.forEach((score, row) => {
        if (score > 0) visit(row, score);
      });
    },
  };
};

const mapScores = (): RowScores => {
  const scores = new Map<number, number>();
  return {
    add: (row, score) => {
      scores.set(row, (scores.get(row) ?? 0) + score);
    },
    scoreOf: (row) => scores.get(row) ?? 0,
    forEach: (visit) => {
      for (const row of Uint32Array.from(scores.keys()).sort()) visit(row, scores.get(row) ?? 0);
    },
  };
};

/** An accumulator for positive scores, of which at most `additions` are added to `rowCount` rows. */
export const rowScores = (rowCount: number, additions: number): RowScores =>
  additions * ROWS_PER_MAP_ENTRY < rowCount ? mapScores() : columnScores(rowCount);
