import { ingestionContinuedV1, partFailedV1 } from '@alluvium/contracts';
import { failureOf, onQueue } from '@alluvium/lambda-kit';
import { crawl } from '../crawl.ts';
import type { IngestDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: IngestDeps) =>
  onQueue(ingestionContinuedV1, deps.runtime, ({ data, metadata }, error) => {
    const { runId, attempt, collection, cursor } = data;
    const failed = { runId, attempt, part: cursor.part, collection, stage: 'fetch', error: failureOf(error) };
    return deps.bus.publish(partFailedV1, failed, metadata);
  }).run(({ data, metadata }, context) =>
    crawl(deps, data, { metadata, remainingMs: () => context.getRemainingTimeInMillis() }),
  );

export const handler = makeHandler(wire());
