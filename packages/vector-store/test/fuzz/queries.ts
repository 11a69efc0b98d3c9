import type { SearchHit, SearchQuery, Snapshot } from '../../src/index.ts';
import { vectorOf } from '../deltas.ts';
import { DIMS } from '../format/corpus.ts';

const vector = vectorOf(99, DIMS);
const text = 'running rivers 東京 page';

/** Queries that together read every plane. */
export const QUERIES: readonly SearchQuery[] = [
  { vector, k: 5, mode: 'dense' },
  { vector, k: 100, mode: 'dense', recall: 'exact' },
  { text, k: 8, mode: 'lexical' },
  { vector, text, k: 6, mode: 'hybrid', explain: true, highlight: true },
  { vector, k: 3, mode: 'dense', filters: { entity: 'page', since: '2020-03-01', until: '2024-01-01' } },
  { text, k: 3, mode: 'lexical', filters: { id: ['3', '12', '30'] } },
  { vector, text, k: 9, mode: 'hybrid', filters: { attributes: { number: { gte: 4 }, tags: 'red' } } },
];

/** Hits and counts of an answer, without times. */
export interface Answer {
  hits: SearchHit[];
  matched: number;
}

/** The answer of one query. */
export const answer = async (snapshot: Snapshot, query: SearchQuery): Promise<Answer> => {
  const { hits, matched } = await snapshot.search(query);
  return { hits, matched };
};
