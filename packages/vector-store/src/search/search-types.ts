import type { AttributeValue } from '../delta/delta.ts';
import type { SearchFilters } from '../filters/search-filters.ts';
import type { FusionOptions } from './fusion.ts';
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
  /** Marks the words of the query in each hit. */
  highlight?: boolean;
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
}

export interface SearchTimings {
  /** Milliseconds, reading from the store included; dense and lexical run side by side. */
  filterMs: number;
  denseMs: number;
  lexicalMs: number;
  fuseMs: number;
  fetchMs: number;
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
}
