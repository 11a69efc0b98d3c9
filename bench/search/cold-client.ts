import type { SetName } from './data.ts';

export type ColdSystem = 'alluvium' | 'lancedb-hnsw-sq' | 'lancedb-ivf-rq';

/** `pending`: dense, with deltas that wait to be settled. */
export type ColdMode = 'dense' | 'hybrid' | 'pending';

export interface ColdJob {
  system: ColdSystem;
  endpoint: string;
  set: SetName;
  query: number;
  mode: ColdMode;
}

/** What the process saw; `answerMs` is from the first request to the last passage. */
export interface ColdResult {
  importMs: number;
  answerMs: number;
  ids: number[];
  /** Characters of the passages. */
  textChars: number;
}

/** Answers one question, once. */
export interface ColdClient {
  answer(question: { vector: Float32Array; text?: string; k: number }): Promise<{
    ids: number[];
    texts: string[];
  }>;
}
