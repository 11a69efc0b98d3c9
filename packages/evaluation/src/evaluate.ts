import type { JudgedQuery } from './judged-set.ts';
import { averagePrecision, ndcgAt, recallAt, reciprocalRankAt, relevantCount } from './metrics.ts';

/** Means over queries: each 0 to 1, more is better. */
export interface RetrievalQuality {
  /** Queries that were asked. */
  queries: number;
  /** Queries left out, as no document is judged to answer them. */
  unjudged: number;
  ndcgAt10: number;
  recallAt10: number;
  recallAt100: number;
  /** Mean average precision, over all that was retrieved. */
  map: number;
  mrrAt10: number;
}

/** Ids of documents, the best first. A document may come more than once, by several of its chunks: its best place counts. */
export type Retrieve = (query: string) => Promise<readonly string[]>;

const scoresOf = (ranked: readonly string[], { judged }: JudgedQuery) => ({
  ndcgAt10: ndcgAt(10, ranked, judged),
  recallAt10: recallAt(10, ranked, judged),
  recallAt100: recallAt(100, ranked, judged),
  map: averagePrecision(ranked, judged),
  mrrAt10: reciprocalRankAt(10, ranked, judged),
});

type Scores = ReturnType<typeof scoresOf>;

const meanOf = (scores: readonly Scores[], name: keyof Scores): number =>
  scores.length === 0 ? 0 : scores.reduce((sum, each) => sum + each[name], 0) / scores.length;

/** Asks every query that has an answer, one after the other, and averages how well it was answered. */
export const evaluate = async (
  queries: readonly JudgedQuery[],
  retrieve: Retrieve,
  onQuery: (done: number) => void = () => undefined,
): Promise<RetrievalQuality> => {
  const judged = queries.filter((query) => relevantCount(query.judged) > 0);
  const scores: Scores[] = [];
  for (const query of judged) {
    const ranked = [...new Set(await retrieve(query.text))];
    scores.push(scoresOf(ranked, query));
    onQuery(scores.length);
  }
  return {
    queries: scores.length,
    unjudged: queries.length - judged.length,
    ndcgAt10: meanOf(scores, 'ndcgAt10'),
    recallAt10: meanOf(scores, 'recallAt10'),
    recallAt100: meanOf(scores, 'recallAt100'),
    map: meanOf(scores, 'map'),
    mrrAt10: meanOf(scores, 'mrrAt10'),
  };
};
