import type { TopK } from '../search/top-k.ts';
import { termScore } from './bm25.ts';
import { POSTINGS, type TermEntry } from './lexicon-blocks.ts';
import type { LexicalQuery, LexicalSegment, WeightedTerm } from './lexical-query.ts';
import { forEachLexicalPosting } from './posting-lists.ts';
import { rowScores } from './row-scores.ts';

/** What one term of the query adds to the score of a row. */
export interface TermScore {
  term: string;
  /** idf times the number of times that the query has the term. */
  weight: number;
  /** How often the row has the term. */
  frequency: number;
  /** Terms of the row, repetitions counted. */
  length: number;
  score: number;
}

/** A segment scored. */
export interface SegmentScores {
  /** BM25 of a row, 0 when it has no term of the query. */
  scoreOf: (row: number) => number;
  /** What the score of a row is the sum of, in the order of the query. Reads nothing; goes through the posting lists once. */
  explain: (row: number) => TermScore[];
}

interface ScoredTerm extends WeightedTerm {
  entry: TermEntry;
  list: Uint8Array;
}

const readTerms = async (
  { terms }: LexicalQuery,
  { lexicon, reader, index }: Pick<LexicalSegment, 'lexicon' | 'reader'> & { index: number },
): Promise<ScoredTerm[]> => {
  const present = terms.flatMap((term) => {
    const entry = term.entries[index];
    return entry ? [{ ...term, entry }] : [];
  });
  if (present.length === 0) return [];
  const lists = await lexicon.postings(
    reader,
    present.map(({ entry }) => entry),
  );
  return present.map((term, position) => ({ ...term, list: lists[position] ?? new Uint8Array() }));
};

/**
 * BM25 of one segment's rows that have a term of the query, into `best`; `index` is the segment's place in the query, `base` the
 * position of its first row. Rows whose `mask` is 0 do not go into `best`. Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const scoreSegment = async (
  query: LexicalQuery,
  { lexicon, reader, rows: rowCount, index }: Omit<LexicalSegment, 'terms'> & { index: number },
  { best, base, mask }: { best: TopK; base: number; mask: Uint8Array | undefined },
): Promise<SegmentScores> => {
  const { averageLength } = query;
  const terms = await readTerms(query, { lexicon, reader, index });
  const scores = rowScores(
    rowCount,
    terms.reduce((sum, { entry }) => sum + entry.rows, 0),
  );
  const forEachPosting = (
    { list, entry: { rows, start } }: ScoredTerm,
    visit: (row: number, frequency: number, length: number) => void,
  ): void => {
    const malformed = (offset: number, what: string): Error => reader.corrupt(POSTINGS, start + offset, what);
    forEachLexicalPosting(list, { rowCount, rows, malformed }, visit);
  };
  for (const term of terms)
    forEachPosting(term, (row, frequency, length) => {
      scores.add(row, termScore(term.weight, frequency, { length, averageLength }));
    });
  scores.forEach((row, score) => {
    if (mask?.[row] !== 0) best.push(base + row, score);
  });
  const explain = (sought: number): TermScore[] =>
    terms.flatMap((one) => {
      const { term, weight } = one;
      const found: TermScore[] = [];
      forEachPosting(one, (row, frequency, length) => {
        if (row !== sought) return;
        const score = termScore(weight, frequency, { length, averageLength });
        found.push({ term, weight, frequency, length, score });
      });
      return found;
    });
  return { scoreOf: scores.scoreOf, explain };
};
