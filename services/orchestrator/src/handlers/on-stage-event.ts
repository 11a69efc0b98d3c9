import {
  chunksCreatedV1,
  deltaCreatedV1,
  deltaRejectedV1,
  documentsDerivedV1,
  documentsFetchedV1,
  embeddingBatchSubmittedV1,
  ingestionContinuedV1,
  operationCompletedV1,
  partFailedV1,
  runSealedV1,
  runStartedV1,
  snapshotPublishedV1,
} from '@alluvium/contracts';
import { onQueueOf, route } from '@alluvium/lambda-kit';
import type { OrchestratorDeps } from '../ports.ts';
import { recordCompletion } from '../request-operation.ts';
import * as track from '../track-run.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  onQueueOf(
    [
      route(runStartedV1, (event) => track.trackStarted(deps, event)),
      route(ingestionContinuedV1, (event) => track.trackContinued(deps, event)),
      route(documentsFetchedV1, (event) => track.trackFetched(deps, event)),
      route(documentsDerivedV1, (event) => track.trackDerived(deps, event)),
      route(runSealedV1, (event) => track.trackSealed(deps, event)),
      route(chunksCreatedV1, (event) => track.trackChunked(deps, event)),
      route(embeddingBatchSubmittedV1, (event) => track.trackBatch(deps, event)),
      route(deltaCreatedV1, (event) => track.trackDurable(deps, event)),
      route(snapshotPublishedV1, (event) => track.trackPublished(deps, event)),
      route(deltaRejectedV1, (event) => track.trackRejected(deps, event)),
      route(partFailedV1, (event) => track.trackFailed(deps, event)),
      route(operationCompletedV1, (event) => recordCompletion(deps, event)),
    ],
    deps.runtime,
  );

export const handler = makeHandler(wire());
