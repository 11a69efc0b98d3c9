import {
  chunkedDocumentV1,
  embeddedRowV1,
  embeddingBatchSubmittedV1,
  type EventCause,
} from '@alluvium/contracts';
import type { BatchText } from '@alluvium/embedding-providers';
import type { Context } from 'aws-lambda';
import { submittedData } from './domain/batch-events.ts';
import { modelIdOf, rowId } from './domain/batch-identity.ts';
import { orderKey, type Batch, type Order } from './domain/batch.ts';
import { passagesOf } from './domain/delta-documents.ts';
import type { BatchDeps } from './ports.ts';

/** What a step of a batch is done for. */
export interface StepOptions {
  cause: EventCause;
  context: Context;
}

/** Rows of a batch whose vectors are here. */
export const presentRows = async (
  { objects }: Pick<BatchDeps, 'objects'>,
  batch: Batch,
): Promise<Set<number>> => {
  const present = new Set<number>();
  for (const pointer of batch.rows)
    for (const { row } of await objects.readRecords(embeddedRowV1, pointer)) present.add(row);
  return present;
};

const missingTexts = async (deps: Pick<BatchDeps, 'objects'>, batch: Batch): Promise<BatchText[]> => {
  const present = await presentRows(deps, batch);
  const passages = passagesOf(await deps.objects.readRecords(chunkedDocumentV1, batch.chunks));
  return passages.flatMap((text, row) => (present.has(row) ? [] : [{ id: rowId(row), text }]));
};

/**
 * Orders what a batch lacks; gives the provider's id. A process that dies between the order and the note of its id leaves a batch that
 * is marked as ordering: the next one asks the provider for it before it buys. Errors: those of the provider.
 */
export const placeOrder = async (
  deps: Pick<BatchDeps, 'objects' | 'batches' | 'openProvider'>,
  { key, batch }: Order,
): Promise<string> => {
  const provider = await deps.openProvider(modelIdOf(batch));
  if (batch.isOrdering) {
    const found = await provider.find(key, batch.startedAtMs);
    if (found !== undefined) return found;
  } else await deps.batches.save({ ...batch, isOrdering: true });
  return provider.create(key, await missingTexts(deps, batch));
};

/** Tells that a provider has a batch; again, if whoever did it first died before. */
export const announceSubmitted = async (
  { bus }: Pick<BatchDeps, 'bus'>,
  batch: Batch,
  cause: EventCause,
): Promise<void> => {
  const data = submittedData(batch);
  if (data !== undefined) await bus.publish(embeddingBatchSubmittedV1, data, cause);
};

/** Orders a batch that waits for it. Errors: BATCH_CHANGED and those of the provider. */
export const submitBatch = async (
  deps: BatchDeps,
  batch: Batch,
  { cause, context }: StepOptions,
): Promise<void> => {
  const providerBatchId = await deps.orderOnce({ key: orderKey(batch), batch }, context);
  const latest = await deps.batches.find(batch.batchId);
  if (latest?.status !== 'SUBMITTING' || latest.submission !== batch.submission) return;
  const submittedAtMs = deps.runtime.origin.nowMs();
  const submitted = await deps.batches.save({
    ...latest,
    ...{ status: 'SUBMITTED', providerBatchId, submittedAtMs, isOrdering: false },
  });
  await announceSubmitted(deps, submitted, cause);
};
