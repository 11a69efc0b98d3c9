import { snapshotPublishedV1 } from '@alluvium/contracts';
import { onEvent } from '@alluvium/lambda-kit';
import { completeApplied } from '../complete-batch.ts';
import type { BatchDeps } from '../ports.ts';
import { wireBatches } from '../wiring.ts';

export const makeHandler = (deps: Pick<BatchDeps, 'bus' | 'batches' | 'runtime' | 'objects'>) =>
  onEvent(snapshotPublishedV1, deps.runtime).run((event) => completeApplied(deps, event));

export const handler = makeHandler(wireBatches());
