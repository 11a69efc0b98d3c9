import { deltaCreatedV1, hasCode, type EmbeddingBatchPollRequestedV1 } from '@alluvium/contracts';
import type { BatchProgress, BatchProvider } from '@alluvium/embedding-providers';
import { failureOf } from '@alluvium/lambda-kit';
import { openSnapshot, unappliedDeltas } from '@alluvium/vector-store';
import { collectBatch } from './collect-batch.ts';
import { completeBatch } from './complete-batch.ts';
import { modelIdOf } from './domain/batch-identity.ts';
import { MAX_DURABLE_MS, type Batch } from './domain/batch.ts';
import { failBatch } from './fail-batch.ts';
import type { BatchDeps } from './ports.ts';
import { submitBatch, type StepOptions } from './submit-batch.ts';

// A provider forgets batches; what is lost is ordered again like what failed.
const lookAt = async (provider: BatchProvider, providerBatchId: string): Promise<BatchProgress> => {
  try {
    return await provider.look(providerBatchId);
  } catch (error) {
    if (!hasCode(error, 'PROVIDER_NOT_FOUND')) throw error;
    return { state: 'ended', outcome: 'failed', error: failureOf(error) };
  }
};

const pollSubmitted = async (deps: BatchDeps, batch: Batch, options: StepOptions): Promise<void> => {
  const provider = await deps.openProvider(modelIdOf(batch));
  const { stamp } = provider;
  if (stamp !== batch.index.modelId) {
    // Vectors of two models never mix.
    const message = `The batch was ordered for ${batch.index.modelId}, the model is ${stamp} now`;
    await failBatch(deps, batch, { error: { code: 'MODEL_MISMATCH', message }, cause: options.cause });
    return;
  }
  const progress = await lookAt(provider, batch.providerBatchId ?? '');
  if (progress.state === 'ended') await collectBatch(deps, batch, { provider, ended: progress, options });
};

// The snapshot may have come while nobody listened, or the delta may never have been heard of.
const pollDurable = async (deps: BatchDeps, batch: Batch, { cause }: StepOptions): Promise<void> => {
  const { created, index, durableAtMs = 0 } = batch;
  if (created === undefined) return;
  const snapshot = await openSnapshot(deps.store, index.path);
  const waiting = await unappliedDeltas(deps.store, snapshot, [created]);
  if (snapshot !== undefined && waiting.length === 0) {
    await completeBatch(deps, batch, { version: snapshot.version, cause });
    return;
  }
  if (deps.runtime.origin.nowMs() - durableAtMs < MAX_DURABLE_MS) {
    await deps.bus.publish(deltaCreatedV1, created, cause);
    return;
  }
  const message = `No snapshot took the delta ${created.deltaId}; delta.rejected may tell why`;
  await failBatch(deps, batch, { error: { code: 'DELTA_NOT_APPLIED', message }, cause });
};

/**
 * Looks how far a batch is and does what is next. An event that is late or of another order changes nothing.
 * Errors: BATCH_CHANGED, those of the provider and of the store; the event then comes again.
 */
export const pollBatch = async (
  deps: BatchDeps,
  { batchId, providerBatchId }: EmbeddingBatchPollRequestedV1['data'],
  options: StepOptions,
): Promise<void> => {
  const batch = await deps.batches.find(batchId);
  if (batch?.providerBatchId !== providerBatchId) return;
  if (batch.status === 'SUBMITTED') await pollSubmitted(deps, batch, options);
  if (batch.status === 'DURABLE') await pollDurable(deps, batch, options);
  const isDue = deps.runtime.origin.nowMs() >= batch.notBeforeMs;
  if (batch.status === 'SUBMITTING' && isDue) await submitBatch(deps, batch, options);
};
