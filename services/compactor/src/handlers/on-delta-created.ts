import { deltaCreatedV1, deltaRejectedV1 } from '@alluvium/contracts';
import { failureOf, isRetryable, onQueue } from '@alluvium/lambda-kit';
import type { CompactorDeps } from '../ports.ts';
import { registerDelta } from '../register-delta.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (
  deps: Pick<CompactorDeps, 'runtime' | 'bus' | 'inbox' | 'doorbell' | 'thresholds'>,
) =>
  onQueue(deltaCreatedV1, deps.runtime, async ({ data, metadata }, error) => {
    // From the dead letters a delta may still come in; only one that never can is reported.
    if (isRetryable(error)) return;
    const { runId, attempt, part, collection, deltaId } = data;
    const rejected = { runId, attempt, part, collection, deltaId, error: failureOf(error) };
    await deps.bus.publish(deltaRejectedV1, rejected, metadata);
  }).run((event) => registerDelta(deps, event));

export const handler = makeHandler(wire());
