import {
  chunkedDocumentV1,
  deltaCreatedV1,
  embeddedRowV1,
  hasCode,
  type EmbeddedRowV1,
  type FailureV1,
  type PointerV1,
} from '@alluvium/contracts';
import {
  bytesOfFloats,
  floatsOf,
  type BatchProvider,
  type BatchResults,
  type EndedBatch,
} from '@alluvium/embedding-providers';
import { rowId, rowsKey } from './domain/batch-identity.ts';
import { MAX_TRIES, nextOrder, restMs, type Batch } from './domain/batch.ts';
import { deltaDocuments } from './domain/delta-documents.ts';
import { failBatch } from './fail-batch.ts';
import type { BatchDeps } from './ports.ts';
import { storeDelta } from './store-delta.ts';
import { presentRows, submitBatch, type StepOptions } from './submit-batch.ts';

const rowsOf = ({ vectors }: BatchResults, missing: readonly number[]): EmbeddedRowV1[] =>
  missing.flatMap((row) => {
    const vector = vectors.get(rowId(row));
    return vector === undefined
      ? []
      : [{ row, vector: Buffer.from(bytesOfFloats(vector)).toString('base64') }];
  });

const missingRows = async (deps: BatchDeps, batch: Batch): Promise<number[]> => {
  const present = await presentRows(deps, batch);
  return Array.from({ length: batch.records }, (_, row) => row).filter((row) => !present.has(row));
};

// Another delivery may have taken it in and told the provider to forget it: then the batch has changed, and nothing is lost.
const emptyWhenGone = (error: unknown): BatchResults => {
  if (!hasCode(error, 'PROVIDER_NOT_FOUND')) throw error;
  return { vectors: new Map(), failures: new Map(), unknown: 0, broken: 0 };
};

/** What an order gave, in our own bucket: the provider forgets it. */
interface Collected {
  pointer: PointerV1 | undefined;
  failures: BatchResults['failures'];
}

const collect = async (
  deps: BatchDeps,
  batch: Batch,
  { provider, ended }: { provider: BatchProvider; ended: EndedBatch },
): Promise<Collected> => {
  const missing = await missingRows(deps, batch);
  const results = await provider.results(ended, new Set(missing.map(rowId))).catch(emptyWhenGone);
  const { unknown, broken, failures } = results;
  if (unknown + broken > 0)
    deps.runtime.logger.warn('Some lines of a batch tell nothing', {
      ...{ batchId: batch.batchId, unknown, broken },
    });
  const rows = rowsOf(results, missing);
  const pointer =
    rows.length === 0 ? undefined : await deps.objects.writeRecords(embeddedRowV1, rowsKey(batch), rows);
  return { pointer, failures };
};

/** The vectors of all orders, in the order of passages. */
const vectorsOf = async ({ objects }: BatchDeps, batch: Batch): Promise<Float32Array[]> => {
  const vectors: Float32Array[] = [];
  for (const pointer of batch.rows)
    for (const { row, vector } of await objects.readRecords(embeddedRowV1, pointer))
      vectors[row] = floatsOf(Buffer.from(vector, 'base64'));
  return vectors;
};

const finish = async (deps: BatchDeps, batch: Batch, { cause }: StepOptions): Promise<void> => {
  const { index, chunks } = batch;
  const model = { stamp: index.modelId, dims: index.dims };
  const chunked = await deps.objects.readRecords(chunkedDocumentV1, chunks);
  const documents = deltaDocuments(chunked, await vectorsOf(deps, batch));
  const created = await storeDelta(deps, { data: batch, model }, documents);
  const durableAtMs = deps.runtime.origin.nowMs();
  // Before it is announced: the snapshot that takes the delta must find the batch waiting for it.
  await deps.batches.save({ ...batch, status: 'DURABLE', created, durableAtMs });
  await deps.bus.publish(deltaCreatedV1, created, cause);
};

/** Another order could not mend this. */
const FINAL = new Set(['PROVIDER_OUTPUT_INVALID', 'MODEL_MISMATCH']);

const shortfall = (
  batch: Batch,
  { failures }: Collected,
  { outcome, error }: Omit<EndedBatch, 'state'>,
): FailureV1 => {
  const [first] = failures.values();
  return (
    [...failures.values()].find(({ code }) => FINAL.has(code)) ??
    error ??
    first ?? {
      code: 'BATCH_INCOMPLETE',
      message: `The provider's batch ${batch.providerBatchId ?? ''} is ${outcome} and lacks vectors`,
    }
  );
};

const goOn = async (
  deps: BatchDeps,
  batch: Batch,
  { error, gained, options }: { error: FailureV1; gained: boolean; options: StepOptions },
): Promise<void> => {
  if (batch.tries >= MAX_TRIES || FINAL.has(error.code)) {
    await failBatch(deps, batch, { error, cause: options.cause });
    return;
  }
  const nowMs = deps.runtime.origin.nowMs();
  // A provider that gave nothing is left alone for a while.
  const next = nextOrder({ ...batch, error }, nowMs, gained ? nowMs : nowMs + restMs(batch));
  const saved = await deps.batches.save(next);
  if (gained) await submitBatch(deps, saved, options);
};

// Texts and vectors are not left with the provider longer than needed; what a crash leaves goes with its own expiry.
const forget = async ({ runtime }: BatchDeps, batch: Batch, provider: BatchProvider): Promise<void> => {
  try {
    await provider.forget(batch.providerBatchId ?? '');
  } catch (error) {
    runtime.logger.warn('The provider keeps the files of a batch', {
      ...{ batchId: batch.batchId, error: error as Error },
    });
  }
};

/**
 * Takes in what an ended order gave: all of it is a delta, less is ordered again as far as it is missing.
 * Errors: BATCH_CHANGED and those of the provider.
 */
export const collectBatch = async (
  deps: BatchDeps,
  batch: Batch,
  { provider, ended, options }: { provider: BatchProvider; ended: EndedBatch; options: StepOptions },
): Promise<void> => {
  const collected = await collect(deps, batch, { provider, ended });
  const { pointer } = collected;
  const richer = pointer === undefined ? batch : { ...batch, rows: [...batch.rows, pointer] };
  if ((await missingRows(deps, richer)).length === 0) await finish(deps, richer, options);
  else {
    const error = shortfall(batch, collected, ended);
    await goOn(deps, richer, { error, gained: pointer !== undefined, options });
  }
  await forget(deps, batch, provider);
};
