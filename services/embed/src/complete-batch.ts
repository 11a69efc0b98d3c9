import {
  appliedPartsV1,
  embeddingBatchCompletedV1,
  type EventCause,
  type SnapshotPublishedV1,
} from '@alluvium/contracts';
import { completedData } from './domain/batch-events.ts';
import type { Batch } from './domain/batch.ts';
import type { BatchDeps } from './ports.ts';

/** Ends a batch whose vectors a snapshot has. Errors: BATCH_CHANGED. */
export const completeBatch = async (
  { bus, batches, runtime }: Pick<BatchDeps, 'bus' | 'batches' | 'runtime'>,
  batch: Batch,
  { version, cause }: { version: number; cause: EventCause },
): Promise<void> => {
  const data = completedData(batch, version, runtime.origin.nowMs());
  await bus.publish(embeddingBatchCompletedV1, data, cause);
  await batches.save({ ...batch, status: 'COMPLETED' });
};

/** Ends the batches whose deltas a snapshot took. Costs one read while no batch is open. */
export const completeApplied = async (
  deps: Pick<BatchDeps, 'bus' | 'batches' | 'runtime' | 'objects'>,
  { data, metadata }: SnapshotPublishedV1,
): Promise<void> => {
  // A publish of another kind applies no delta.
  if (data.kind !== 'commit') return;
  const open = await deps.batches.open();
  const durable = open.filter(({ status, index }) => status === 'DURABLE' && index.path === data.index.path);
  if (durable.length === 0) return;
  const { parts } = await deps.objects.readDocument(appliedPartsV1, data.applied);
  const applied = new Set(parts.map(({ deltaId }) => deltaId));
  for (const batch of durable) {
    if (batch.created === undefined || !applied.has(batch.created.deltaId)) continue;
    // The snapshot's own chain may be another run's.
    const cause = { ...metadata, correlationId: batch.runId };
    await completeBatch(deps, batch, { version: data.version, cause });
  }
};
