import { deltaRejectedV1, partFailedV1, snapshotPublishedV1 } from '@alluvium/contracts';
import { onEvents, route } from '@alluvium/lambda-kit';
import { collectionThatCounts } from '../counts-for.ts';
import type { SettleDeps } from '../ports.ts';
import { settleSnapshot } from '../settle-snapshot.ts';
import type { PartRef } from '../domain/unchanged.ts';
import { wireSettle } from '../wiring.ts';

export const makeHandler = (deps: SettleDeps) => {
  const settle = async (
    part: PartRef & { collection: string },
    fate: 'rejected' | 'failed',
  ): Promise<void> => {
    if ((await collectionThatCounts(deps, part.collection)) !== undefined)
      await deps.checkpoints.settle([part], fate);
  };
  return onEvents(
    [
      route(snapshotPublishedV1, async ({ data }) => {
        const collection = await collectionThatCounts(deps, data.collection);
        if (collection !== undefined) await settleSnapshot(deps, data, collection);
      }),
      route(deltaRejectedV1, ({ data }) => settle(data, 'rejected')),
      route(partFailedV1, ({ data }) => settle(data, 'failed')),
    ],
    deps.runtime,
  );
};

export const handler = makeHandler(wireSettle());
