import type { SearchFilters, SearchQuery } from '@alluvium/vector-store';

/** Where a page of results begins, and what it is a page of. */
export interface PageCursor {
  /** Version that was searched; 0 while nothing was published. */
  version: number;
  /** Fingerprint of the deltas that were searched beside it; empty when there were none. */
  tail: string;
  /** Results before this page. */
  offset: number;
  /** Fingerprint of the query and the index. */
  query: string;
}

/** What is searched beside the snapshot: nothing, what can be, or all of the tail or nothing at all. */
export type Consistency = 'snapshot' | 'tail' | 'tail-strict';

/** A search with its defaults filled in. */
export interface Search extends SearchQuery {
  collection: string;
  consistency: Consistency;
  /** A version of the past: its number, a time or a tag. */
  asOf?: string;
  filters: SearchFilters;
  /** The model that the index must be of. */
  model?: string;
  /** The page to go on from. */
  cursor?: PageCursor;
}
