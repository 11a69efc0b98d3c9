import type { AttributeValue } from '../delta/delta.ts';
import type { SearchFilters } from './filters.ts';
import type { ReadMeter } from '../store/range-reads.ts';

export type SearchMode = 'hybrid' | 'dense' | 'lexical';

export interface SearchQuery {
  /** Of the index's model and dims; its length carries no meaning. Needed for dense. */
  vector?: Float32Array;
  /** Needed for lexical. Hybrid takes what it gets: with one of the two it is that mode. */
  text?: string;
  /** Results at most. */
  k: number;
  mode: SearchMode;
  filters?: SearchFilters;
  /** Least score of a result: cosine (dense), BM25 (lexical), 0..2 (hybrid). */
  threshold?: number;
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
  /** Milliseconds; reading from the store included. */
  filterMs: number;
  denseMs: number;
  lexicalMs: number;
  fetchMs: number;
  totalMs: number;
}

export interface SearchResult {
  hits: SearchHit[];
  /** Chunks that pass the filters. */
  matched: number;
  read: ReadMeter;
  timings: SearchTimings;
}
