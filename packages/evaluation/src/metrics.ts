/** Grades of the documents judged for one query, by id; a document that is not there, or has 0, does not answer it. */
export type Judgements = ReadonlyMap<string, number>;

const isRelevant = (judged: Judgements, id: string): boolean => (judged.get(id) ?? 0) > 0;

/** How many of the judged documents answer the query. */
export const relevantCount = (judged: Judgements): number =>
  [...judged.values()].filter((grade) => grade > 0).length;

/** Discounted cumulative gain of grades in the order of a ranking: each counts less by the logarithm of its rank. */
const gainOf = (grades: readonly number[]): number =>
  grades.reduce((sum, grade, index) => sum + Math.max(0, grade) / Math.log2(index + 2), 0);

/**
 * Normalized discounted cumulative gain of the first `k`, 0 to 1; 1 is the best order there can be. Gains are the grades
 * themselves, as trec_eval and BEIR have it. NaN when no document answers the query.
 */
export const ndcgAt = (k: number, ranked: readonly string[], judged: Judgements): number => {
  const gain = gainOf(ranked.slice(0, k).map((id) => judged.get(id) ?? 0));
  const ideal = gainOf([...judged.values()].sort((a, b) => b - a).slice(0, k));
  return gain / ideal;
};

/** Share of the documents that answer the query which are among the first `k`. NaN when none does. */
export const recallAt = (k: number, ranked: readonly string[], judged: Judgements): number =>
  ranked.slice(0, k).filter((id) => isRelevant(judged, id)).length / relevantCount(judged);

/** Mean, over the documents that answer the query, of the precision down to their rank; those not ranked count 0. */
export const averagePrecision = (ranked: readonly string[], judged: Judgements): number => {
  let found = 0;
  let sum = 0;
  for (const [index, id] of ranked.entries()) {
    if (!isRelevant(judged, id)) continue;
    found += 1;
    sum += found / (index + 1);
  }
  return sum / relevantCount(judged);
};

/** One over the rank of the first document that answers the query; 0 when none is among the first `k`. */
export const reciprocalRankAt = (k: number, ranked: readonly string[], judged: Judgements): number => {
  const index = ranked.slice(0, k).findIndex((id) => isRelevant(judged, id));
  return index === -1 ? 0 : 1 / (index + 1);
};
