import type { FailureV1 } from '@alluvium/contracts';

/** A text of a batch. */
export interface BatchText {
  /** Tells its vector among those that come back, in whatever order; unique in the batch. */
  id: string;
  text: string;
}

/** A batch that the provider is done with. Its files may be absent, also both. */
export interface EndedBatch {
  state: 'ended';
  /** `expired` and `cancelled` ones deliver what was finished before. */
  outcome: 'completed' | 'failed' | 'expired' | 'cancelled';
  outputFileId?: string;
  errorFileId?: string;
  /** Why nothing was begun, where the provider says so. */
  error?: FailureV1;
}

/** How far a batch is. */
export type BatchProgress = { state: 'running' } | EndedBatch;

/** What a batch gave. A text that is in none of the maps was not answered. */
export interface BatchResults {
  /** By id; of Euclidean length 1. */
  vectors: Map<string, Float32Array>;
  failures: Map<string, FailureV1>;
  /** Lines about ids that nobody asked for. */
  unknown: number;
  /** Lines that cannot be read, such as the last one of a file that broke off. */
  broken: number;
}

/** A provider that takes many texts at once and answers within a day. */
export interface BatchProvider {
  /** As events name it. */
  readonly kind: string;
  readonly stamp: string;
  readonly dims: number;
  /**
   * Orders the vectors of texts under a key of ours; gives the provider's id of the batch. Asking again orders again: after a failure
   * {@link find} tells whether it was taken. Errors: BATCH_TOO_LARGE, TEXT_EMPTY and those of the provider.
   */
  create: (key: string, texts: readonly BatchText[]) => Promise<string>;
  /** The provider's id of the batch that was created under a key, not before `sinceMs`. */
  find: (key: string, sinceMs: number) => Promise<string | undefined>;
  /** Errors: PROVIDER_NOT_FOUND and those of the provider. */
  look: (providerBatchId: string) => Promise<BatchProgress>;
  /** Reads what an ended batch gave for the ids that were asked. */
  results: (ended: EndedBatch, asked: ReadonlySet<string>) => Promise<BatchResults>;
  /** Deletes what was sent and what came back from the provider's storage; what is gone already is no error. */
  forget: (providerBatchId: string) => Promise<void>;
}
