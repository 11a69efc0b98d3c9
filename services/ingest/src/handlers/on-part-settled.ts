import { appliedPartsV1, deltaRejectedV1, partFailedV1, snapshotPublishedV1 } from '@alluvium/contracts';
import { onEvents, route } from '@alluvium/lambda-kit';
import type { DeriveDeps } from '../ports.ts';
import { wireDerive } from '../wiring.ts';

export const makeHandler = ({ runtime, objects, checkpoints }: DeriveDeps) =>
  onEvents(
    [
      route(snapshotPublishedV1, async ({ data }) => {
        // A publish of another kind applies no delta.
        if (data.kind !== 'commit') return;
        const { parts } = await objects.readDocument(appliedPartsV1, data.applied);
        await checkpoints.settle(parts, 'applied');
      }),
      route(deltaRejectedV1, ({ data }) => checkpoints.settle([data], 'rejected')),
      route(partFailedV1, ({ data }) => checkpoints.settle([data], 'failed')),
    ],
    runtime,
  );

export const handler = makeHandler(wireDerive());
