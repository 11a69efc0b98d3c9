import { indexPathOf, partFailedV1, type ChunksCreatedV1 } from '@alluvium/contracts';
import { failureOf } from '@alluvium/lambda-kit';
import type { BatchProvider } from '@alluvium/embedding-providers';
import type { Context } from 'aws-lambda';
import { inAttempt, isOver, newBatch, type Batch } from './domain/batch.ts';
import { batchIdOf } from './domain/batch-identity.ts';
import { failBatch } from './fail-batch.ts';
import type { EmbedDeps } from './ports.ts';
import { announceSubmitted, submitBatch } from './submit-batch.ts';

interface Part {
  event: ChunksCreatedV1;
  provider: Pick<BatchProvider, 'kind' | 'stamp' | 'dims'>;
  records: number;
}

const batchFor = ({ event, provider, records }: Part, nowMs: number): Batch => {
  const { stamp, dims, kind } = provider;
  const { data, metadata } = event;
  const path = indexPathOf(data.collection, stamp, dims);
  const index = { path, modelId: stamp, dims };
  return newBatch({ data, metadata, batchId: batchIdOf(data, stamp), provider: kind, index, records }, nowMs);
};

/**
 * Orders the vectors of a part, once: a batch that is under way is left alone. Errors: BATCH_CHANGED and those of the provider; the
 * message then comes again.
 */
export const submitPart = async (deps: EmbedDeps, part: Part, context: Context): Promise<void> => {
  const { event } = part;
  const nowMs = deps.runtime.origin.nowMs();
  let batch = await deps.batches.add(batchFor(part, nowMs));
  // A batch that was given up begins again when its part comes again: by a replay, or out of the dead letters.
  if (event.data.attempt > batch.attempt || batch.status === 'FAILED')
    batch = await deps.batches.save(inAttempt(batch, event, nowMs));
  if (isOver(batch) || batch.status === 'DURABLE') return;
  // The mark of an open batch is there by now: whoever turns the schedule off looks again and finds it.
  await deps.schedule.enable();
  if (batch.status === 'SUBMITTING') await submitBatch(deps, batch, { cause: event.metadata, context });
  else await announceSubmitted(deps, batch, event.metadata);
};

const findBatch = async (deps: EmbedDeps, { data }: ChunksCreatedV1): Promise<Batch | undefined> => {
  const { batches } = await deps.openModel(data.collection);
  return batches && deps.batches.find(batchIdOf(data, batches.stamp));
};

/** Reports a part that will not be embedded, and gives its batch up where it has one that was never taken. */
export const giveUpPart = async (deps: EmbedDeps, event: ChunksCreatedV1, error: unknown): Promise<void> => {
  const { runId, attempt, part, collection } = event.data;
  // The model itself may be what cannot be had.
  const batch = await findBatch(deps, event).catch(() => undefined);
  if (batch !== undefined && !isOver(batch)) {
    // What the provider has taken is looked at until it ends.
    if (batch.status !== 'SUBMITTING') return;
    await failBatch(deps, batch, { error: failureOf(error), cause: event.metadata });
    return;
  }
  const failed = { runId, attempt, part, collection, stage: 'embed', error: failureOf(error) };
  await deps.bus.publish(partFailedV1, failed, event.metadata);
};
