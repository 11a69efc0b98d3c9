import { embeddingBatchPollRequestedV1 } from '@alluvium/contracts';
import { onQueue } from '@alluvium/lambda-kit';
import { pollBatch } from '../poll-batch.ts';
import type { BatchDeps } from '../ports.ts';
import { wireBatches } from '../wiring.ts';

/** A look that fails is no loss: the next one comes with the schedule. */
export const makeHandler = (deps: BatchDeps) =>
  onQueue(embeddingBatchPollRequestedV1, deps.runtime).run(({ data, metadata }, context) =>
    pollBatch(deps, data, { cause: metadata, context }),
  );

export const handler = makeHandler(wireBatches());
