import { deltaRejectedV1, partFailedV1, snapshotPublishedV1 } from '@alluvium/contracts';
import { onEvents, route } from '@alluvium/lambda-kit';
import type { IngestDeps } from '../ports.ts';
import { settleSnapshot } from '../settle-snapshot.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: IngestDeps) =>
  onEvents(
    [
      route(snapshotPublishedV1, ({ data }) => settleSnapshot(deps, data)),
      route(deltaRejectedV1, ({ data }) => deps.checkpoints.settle([data], 'rejected')),
      route(partFailedV1, ({ data }) => deps.checkpoints.settle([data], 'failed')),
    ],
    deps.runtime,
  );

export const handler = makeHandler(wire());
