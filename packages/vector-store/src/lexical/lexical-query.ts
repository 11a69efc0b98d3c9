import type { PlaneReader } from '../segment/plane-reader.ts';
import { analyze } from './analyzer.ts';
import { inverseDocumentFrequency } from './bm25.ts';
import type { TermEntry } from './lexicon-blocks.ts';
import type { Lexicon } from './open-lexicon.ts';

/** One segment as a query sees it. */
export interface LexicalSegment {
  lexicon: Lexicon;
  reader: PlaneReader;
  rows: number;
  /** Terms of all rows, repetitions counted. */
  terms: number;
}

/** A term of the query with what all segments together know of it. */
export interface WeightedTerm {
  term: string;
  /** idf times the number of times that the query has the term. */
  weight: number;
  /** One for each segment, `undefined` where the term does not occur. */
  entries: readonly (TermEntry | undefined)[];
}

/** A query against a set of segments, ready to score. */
export interface LexicalQuery {
  /** Those that occur in some segment. */
  terms: readonly WeightedTerm[];
  /** Terms of the average row of all segments. */
  averageLength: number;
}

const countsOf = (terms: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
};

/**
 * Looks the query's terms up in all segments: document frequencies are global, so that scores compare across segments.
 * Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const prepareLexicalQuery = async (
  text: string,
  segments: readonly LexicalSegment[],
): Promise<LexicalQuery> => {
  const counts = countsOf(analyze(text));
  const sought = [...counts.keys()];
  const found = await Promise.all(segments.map(({ lexicon, reader }) => lexicon.lookUp(reader, sought)));
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const length = segments.reduce((sum, segment) => sum + segment.terms, 0);
  const terms = sought.map((term, index) => {
    const entries = found.map((entry) => entry[index]);
    const frequency = entries.reduce((sum, entry) => sum + (entry?.rows ?? 0), 0);
    return { term, weight: (counts.get(term) ?? 0) * inverseDocumentFrequency(rows, frequency), entries };
  });
  return {
    terms: terms.filter(({ entries }) => entries.some((entry) => entry !== undefined)),
    averageLength: rows === 0 ? 1 : Math.max(1, length / rows),
  };
};
