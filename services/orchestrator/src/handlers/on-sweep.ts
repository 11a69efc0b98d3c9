import { onForeignEvent } from '@alluvium/lambda-kit';
import type { OrchestratorDeps } from '../ports.ts';
import { sweepOutbox } from '../sweep-outbox.ts';
import { sweepRuns } from '../sweep-runs.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  onForeignEvent(deps.runtime).run(async () => {
    const events = await sweepOutbox(deps);
    if (events > 0) deps.runtime.logger.warn('Events were left in the outbox', { events });
    const runs = await sweepRuns(deps);
    if (runs.nudged + runs.stalled > 0) deps.runtime.logger.warn('Runs did not move', { ...runs });
  });

export const handler = makeHandler(wire());
