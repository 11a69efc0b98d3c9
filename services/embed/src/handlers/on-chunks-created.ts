import { chunksCreatedV1, deltaCreatedV1, partFailedV1 } from '@alluvium/contracts';
import { failureOf, onQueue } from '@alluvium/lambda-kit';
import { embedPart } from '../embed-part.ts';
import type { EmbedDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: EmbedDeps) =>
  onQueue(chunksCreatedV1, deps.runtime, ({ data, metadata }, error) => {
    const { runId, attempt, part, collection } = data;
    const failed = { runId, attempt, part, collection, stage: 'embed', error: failureOf(error) };
    return deps.bus.publish(partFailedV1, failed, metadata);
  }).run(async ({ data, metadata }) =>
    deps.bus.publish(deltaCreatedV1, await embedPart(deps, data), metadata),
  );

export const handler = makeHandler(wire());
