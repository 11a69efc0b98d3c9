import type {
  EmbeddingBatchCompletedV1,
  EmbeddingBatchFailedV1,
  EmbeddingBatchPollRequestedV1,
  EmbeddingBatchSubmittedV1,
  FailureV1,
} from '@alluvium/contracts';
import type { Batch } from './batch.ts';

const identityOf = ({ batchId, provider, runId, attempt, collection, part }: Batch) => ({
  ...{ batchId, provider, runId, attempt, collection },
  parts: [part],
});

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Undefined while no order is known to have been taken. */
export const submittedData = (batch: Batch): EmbeddingBatchSubmittedV1['data'] | undefined => {
  const { providerBatchId, submittedAtMs, index, records, chunks } = batch;
  if (providerBatchId === undefined || submittedAtMs === undefined) return undefined;
  return {
    ...identityOf(batch),
    ...{ index, records, providerBatchId, input: chunks },
    submittedAt: isoOf(submittedAtMs),
  };
};

/** Undefined while there is nothing to look at. */
export const pollData = (batch: Batch, poll: number): EmbeddingBatchPollRequestedV1['data'] | undefined => {
  const { batchId, provider, collection, providerBatchId } = batch;
  return providerBatchId === undefined ? undefined : { batchId, provider, collection, providerBatchId, poll };
};

export const completedData = (
  batch: Batch,
  version: number,
  nowMs: number,
): EmbeddingBatchCompletedV1['data'] => ({
  ...identityOf(batch),
  ...{ index: batch.index, records: batch.records, failedRecords: 0, deltas: 1, version },
  completedAt: isoOf(nowMs),
});

export const failedData = (
  batch: Batch,
  error: FailureV1,
  nowMs: number,
): EmbeddingBatchFailedV1['data'] => ({
  ...identityOf(batch),
  error,
  ...(batch.providerBatchId !== undefined && { providerBatchId: batch.providerBatchId }),
  failedAt: isoOf(nowMs),
});
