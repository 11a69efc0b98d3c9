import { ingestionRequestedV1, partFailedV1, runIdOfSource } from '@alluvium/contracts';
import { failureOf, onEvents, oncePerEvent, route } from '@alluvium/lambda-kit';
import type { StartDeps } from '../ports.ts';
import { startRun } from '../start-run.ts';
import { wireStart } from '../wiring.ts';

export const makeHandler = (deps: StartDeps) =>
  onEvents(
    [
      route(
        ingestionRequestedV1,
        oncePerEvent(deps.idempotency, ({ data, metadata }) => startRun(deps, data, metadata)),
        ({ data: { collection, source, attempt = 1 }, metadata }, error) => {
          const runId = runIdOfSource(collection, source);
          const failed = { runId, attempt, part: 0, collection, stage: 'fetch', error: failureOf(error) };
          return deps.bus.publish(partFailedV1, failed, metadata);
        },
      ),
    ],
    deps.runtime,
  );

export const handler = makeHandler(wireStart());
