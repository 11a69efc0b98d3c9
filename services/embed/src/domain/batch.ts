import type { ChunksCreatedV1, DeltaCreatedV1, FailureV1, IndexV1, PointerV1 } from '@alluvium/contracts';

/**
 * Where a batch is: an order that may or may not have reached the provider, one that did, vectors in a delta, vectors in a snapshot,
 * given up.
 */
export type BatchStatus = 'SUBMITTING' | 'SUBMITTED' | 'DURABLE' | 'COMPLETED' | 'FAILED';

/** The passages of one part on their way through a provider. */
export interface Batch {
  batchId: string;
  status: BatchStatus;
  provider: string;
  runId: string;
  attempt: number;
  part: number;
  collection: string;
  chunks: PointerV1;
  index: IndexV1;
  /** Passages of the part. */
  records: number;
  /** Counts every order that this batch ever became. */
  submission: number;
  /** Orders of this attempt of the run. */
  tries: number;
  /** An order of this submission may have reached the provider. */
  isOrdering: boolean;
  /** When this submission began. */
  startedAtMs: number;
  /** No order before. */
  notBeforeMs: number;
  /** Of the newest order that is known. */
  providerBatchId?: string;
  submittedAtMs?: number;
  /** The vectors that are here already, an object an order. */
  rows: PointerV1[];
  /** Why the newest order fell short. */
  error?: FailureV1;
  /** The delta, once it is stored. */
  created?: DeltaCreatedV1['data'];
  durableAtMs?: number;
  /** What the events of this batch follow from when nothing else is at hand. */
  cause: ChunksCreatedV1['metadata'];
  /** Raised by every change. */
  revision: number;
}

const MINUTE_MS = 60_000;

/** Orders of one attempt: then what is missing stays missing. */
export const MAX_TRIES = 4;

/** So long the vectors of a batch may wait for a snapshot. */
export const MAX_DURABLE_MS = 3 * 24 * 60 * MINUTE_MS;

export const isOver = ({ status }: Batch): boolean => status === 'COMPLETED' || status === 'FAILED';

/** A batch that nobody has ordered yet. */
export const newBatch = (
  {
    data,
    metadata,
    ...rest
  }: Pick<Batch, 'batchId' | 'provider' | 'index' | 'records'> & Pick<ChunksCreatedV1, 'data' | 'metadata'>,
  nowMs: number,
): Batch => ({
  ...rest,
  status: 'SUBMITTING',
  ...{ runId: data.runId, attempt: data.attempt, part: data.part, collection: data.collection },
  chunks: data.chunks,
  ...{ submission: 1, tries: 1, isOrdering: false, startedAtMs: nowMs, notBeforeMs: nowMs },
  ...{ rows: [], cause: metadata, revision: 0 },
});

/**
 * The same batch for a later attempt of its run; one that was given up begins again with what it has. An order that may have been
 * taken keeps its key: the provider is asked for it before another one is made.
 */
export const inAttempt = (
  batch: Batch,
  { data, metadata }: Pick<ChunksCreatedV1, 'data' | 'metadata'>,
  nowMs: number,
): Batch => {
  const renewed: Batch = { ...batch, attempt: data.attempt, cause: metadata };
  if (batch.status !== 'FAILED') return renewed;
  const again = batch.isOrdering ? renewed : nextOrder(renewed, nowMs, nowMs);
  return { ...again, status: 'SUBMITTING', tries: 1 };
};

/** The batch with one more order to be made, for what is still missing. */
export const nextOrder = (batch: Batch, nowMs: number, notBeforeMs: number): Batch => ({
  ...batch,
  status: 'SUBMITTING',
  submission: batch.submission + 1,
  tries: batch.tries + 1,
  ...{ isOrdering: false, startedAtMs: nowMs, notBeforeMs },
});

/** Half an hour, doubled with every order: a provider that took nothing is busy. */
export const restMs = ({ tries }: Batch): number => 30 * MINUTE_MS * 2 ** (tries - 1);

/** An order to be made, by its key. */
export interface Order {
  key: string;
  batch: Batch;
}

/** Under this name the provider knows an order of ours. */
export const orderKey = ({ batchId, submission }: Batch): string => `${batchId}-${submission}`;
