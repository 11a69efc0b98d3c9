import { embeddingBatchFailedV1, partFailedV1, type EventCause, type FailureV1 } from '@alluvium/contracts';
import { failedData } from './domain/batch-events.ts';
import type { Batch } from './domain/batch.ts';
import type { BatchDeps } from './ports.ts';

/** Gives a batch up, and its part with it. Errors: BATCH_CHANGED. */
export const failBatch = async (
  { bus, batches, runtime }: Pick<BatchDeps, 'bus' | 'batches' | 'runtime'>,
  batch: Batch,
  { error, cause }: { error: FailureV1; cause: EventCause },
): Promise<void> => {
  const { runId, attempt, part, collection } = batch;
  const data = failedData(batch, error, runtime.origin.nowMs());
  await bus.publish(partFailedV1, { runId, attempt, part, collection, stage: 'embed', error }, cause);
  await bus.publish(embeddingBatchFailedV1, data, cause);
  // Last: a crash before it reports twice, never not at all.
  await batches.save({ ...batch, status: 'FAILED', error });
};
