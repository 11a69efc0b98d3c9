import type { StoredSegment } from './index-objects.ts';
import { chunkOf, readRows, type Row } from './rows.ts';
import { analyze, readPostings } from './words.ts';

export interface Hit {
  chunkId: string;
  score: number;
}

interface Ranked {
  segment: StoredSegment;
  row: Row;
  score: number;
}

const isAlive = ({ segment, row }: Ranked): boolean => !segment.dead.has(row.document);

// The sort is stable, and rows come in order of position.
const best = (ranked: Ranked[], k: number): Hit[] =>
  ranked
    .filter(isAlive)
    .sort((left, right) => right.score - left.score)
    .slice(0, k)
    .map(({ segment, row, score }) => ({ chunkId: chunkOf(segment, row)[0], score }));

/** The k rows with the greatest cosine. */
export const searchDense = (segments: StoredSegment[], query: Float32Array, k: number): Hit[] => {
  const length = Math.hypot(...query);
  const unit = Array.from(query, (value) => value / length);
  const ranked = segments.flatMap((segment) =>
    readRows(segment, query.length).map((row) => ({
      segment,
      row,
      score: row.scale * row.components.reduce((sum, value, d) => sum + value * (unit[d] ?? 0), 0),
    })),
  );
  return best(ranked, k);
};

/** The k rows with the greatest BM25. */
export const searchLexical = (
  segments: StoredSegment[],
  text: string,
  { k, dims }: { k: number; dims: number },
): Hit[] => {
  const terms = analyze(text);
  const opened = segments.map((segment) => ({
    segment,
    lists: readPostings(segment),
    rows: readRows(segment, dims),
  }));
  const N = opened.reduce((sum, { rows }) => sum + rows.length, 0);
  const L = segments.reduce((sum, { descriptor }) => sum + descriptor.terms, 0);
  const average = Math.max(1, L / N);
  const scores = new Map<Row, number>();
  for (const term of new Set(terms)) {
    const n = opened.reduce((sum, { lists }) => sum + (lists.get(term)?.length ?? 0), 0);
    const weight = terms.filter((other) => other === term).length * Math.log(1 + (N - n + 0.5) / (n + 0.5));
    for (const { lists, rows } of opened)
      for (const { row, frequency: f, length } of lists.get(term) ?? []) {
        const score = (weight * f) / (f + 1.2 * (0.25 + (0.75 * length) / average));
        scores.set(rows[row] as Row, (scores.get(rows[row] as Row) ?? 0) + score);
      }
  }
  const ranked = opened.flatMap(({ segment, rows }) =>
    rows.flatMap((row) => {
      const score = scores.get(row);
      return score === undefined ? [] : [{ segment, row, score }];
    }),
  );
  return best(ranked, k);
};
