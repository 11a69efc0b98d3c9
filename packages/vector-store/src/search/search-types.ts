import type { AttributeValue } from '../delta/delta.ts';
import type { SearchFilters } from '../filters/search-filters.ts';
import type { Highlights, TextRange } from '../lexical/highlights.ts';
import type { TermScore } from '../lexical/score-segment.ts';
import type { FusionOptions, FusionRecord } from './fusion.ts';
import type { ReadMeter } from '../store/range-reads.ts';

export type SearchMode = 'hybrid' | 'dense' | 'lexical';

/** The share of the true nearest neighbours that an answer should have on average; `exact`: all, always. */
export type Recall = 0.95 | 0.99 | 'exact';

/**
 * How the vectors of a segment are searched.
 * `exact`: every row. `rows`: the rows that the filters let through, one by one. `codes`: all 1-bit codes, then the best rows.
 * `probe`: the rows of the clusters nearest to the query. `skip`: nothing in it can match.
 */
export type Way = 'exact' | 'rows' | 'codes' | 'probe' | 'skip';

/** What a search did, and why. */
export interface SearchPlan {
  recall: Recall;
  /** For each segment that was looked at. */
  segments: { key: string; rows: number; matched: number; way: Way; why: string }[];
  /** Rows compared with the query component by component. */
  rowsScored: number;
  /** Rows estimated by their 1-bit codes. */
  rowsEstimated: number;
  clustersProbed: number;
}

export interface SearchQuery {
  /** Of the index's model and dims; its length carries no meaning. Needed for dense. */
  vector?: Float32Array;
  /** Needed for lexical. Hybrid takes what it gets: with one of the two it is that mode. */
  text?: string;
  /** Results at most. */
  k: number;
  mode: SearchMode;
  filters?: SearchFilters;
  /** Least score of a result: cosine (dense), BM25 (lexical), 0..2 (hybrid, equal weights). */
  threshold?: number;
  /** Of the dense part; 0.99 by default. */
  recall?: Recall;
  /** How hybrid joins its two lists. */
  fusion?: FusionOptions;
  /** How much results should differ from each other, 0 (not at all, the default) to 1; k is at most 100 then. */
  diversity?: number;
  /** Marks the words of `text` in each hit. */
  highlight?: boolean;
  /** Tells how each score came about. Goes through the posting lists once a hit: not for very many hits. */
  explain?: boolean;
}

/** Where the words of the query are, as UTF-16 offsets into `text` and `title` of the hit. */
export interface HitHighlights extends Pick<Highlights, 'ranges' | 'snippet'> {
  title: TextRange[];
}

/** How the score of a hit came about. */
export interface HitExplanation {
  /** Key of the segment that the hit lies in. */
  segment: string;
  /** Cosine similarity and place in the list, from 1; without a place it is not among the rows that the list gave. */
  dense?: { score: number; rank?: number };
  /** BM25, the sum of its terms. */
  lexical?: { score: number; rank?: number; terms: TermScore[] };
  /** `score = dense.weight * dense.share + lexical.weight * lexical.share`. */
  fused?: FusionRecord;
}

/** What a list ranged over: a min-max share is `(score - floor) / (top - floor)`. */
export interface ListRange {
  /** Least score of any row that was looked at. */
  floor: number;
  /** Best score. */
  top: number;
  /** Rows that the list gave. */
  rows: number;
}

/** What the scores of all hits have in common. */
export interface SearchExplanation {
  dense?: ListRange;
  lexical?: ListRange & {
    /** Terms of the average row. */
    averageLength: number;
    /** Terms of the query that occur; `weight` is idf times repetitions in the query, `rows` how many rows have it. */
    terms: { term: string; weight: number; rows: number }[];
  };
}

export interface SearchHit {
  chunkId: string;
  documentId: string;
  source: string;
  entity: string;
  entityId: string;
  title: string;
  url?: string;
  modified?: string;
  attributes: Record<string, AttributeValue>;
  text: string;
  ordinal: number;
  start: number;
  end: number;
  /** Greater is better; comparable within one answer only. */
  score: number;
  /** Cosine similarity, and BM25 of a row that has a term of the query; what the mode looked at. */
  scores: { dense?: number; lexical?: number };
  /** Asked for by `highlight`. */
  highlights?: HitHighlights;
  /** Asked for by `explain`. */
  explanation?: HitExplanation;
}

export interface SearchTimings {
  /** Milliseconds, reading from the store included; dense and lexical run side by side. */
  filterMs: number;
  denseMs: number;
  lexicalMs: number;
  /** Looking at codes, or at all rows where they are compared directly; part of denseMs. */
  scanMs: number;
  /** Comparing the rows that codes or clusters chose; part of denseMs. */
  rescoreMs: number;
  fuseMs: number;
  fetchMs: number;
  /** Waiting for the store, wherever in the search; several requests at once count once. */
  readMs: number;
  totalMs: number;
}

export interface SearchResult {
  hits: SearchHit[];
  /** Chunks that pass the filters. */
  matched: number;
  read: ReadMeter;
  timings: SearchTimings;
  /** How vectors were searched; absent from a lexical answer. */
  plan?: SearchPlan;
  /** Asked for by `explain`. */
  explanation?: SearchExplanation;
}
