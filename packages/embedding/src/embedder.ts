import type { ModelManifest } from './manifest.ts';

/** An open model. Every vector is a fresh Float32Array(`dims`) of Euclidean length 1. */
export interface Embedder {
  readonly manifest: ModelManifest;
  /** `<id>@<12 hex>`, see modelStamp. */
  readonly stamp: string;
  readonly dims: number;
  /**
   * Vectors of texts that are searched, in the order given. The same texts give the same bytes again; with a model of
   * integers a text does so whatever the texts beside it, with one of floats they may change it by about 1e-6.
   * Between runs the event loop is free.
   */
  embedPassages(texts: readonly string[]): Promise<Float32Array[]>;
  /** Vector of a text that searches. */
  embedQuery(text: string): Promise<Float32Array>;
  /** Frees the native session. Embedding afterwards throws EMBEDDER_CLOSED. */
  close(): Promise<void>;
}
