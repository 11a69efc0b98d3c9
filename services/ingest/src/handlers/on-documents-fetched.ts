import { documentsDerivedV1, documentsFetchedV1, partFailedV1 } from '@alluvium/contracts';
import { failureOf, onQueue } from '@alluvium/lambda-kit';
import { derivePart } from '../derive-part.ts';
import type { DeriveDeps } from '../ports.ts';
import { wireDerive } from '../wiring.ts';

export const makeHandler = (deps: DeriveDeps) =>
  onQueue(documentsFetchedV1, deps.runtime, ({ data, metadata }, error) => {
    const { runId, attempt, part, collection } = data;
    const failed = { runId, attempt, part, collection, stage: 'derive', error: failureOf(error) };
    return deps.bus.publish(partFailedV1, failed, metadata);
  }).run(async ({ data, metadata }) =>
    deps.bus.publish(documentsDerivedV1, await derivePart(deps, data), metadata),
  );

export const handler = makeHandler(wireDerive());
