import { onForeignEvent } from '@alluvium/lambda-kit';
import type { OrchestratorDeps } from '../ports.ts';
import { sweepOutbox } from '../sweep-outbox.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: OrchestratorDeps) =>
  onForeignEvent(deps.runtime).run(async () => {
    const events = await sweepOutbox(deps);
    if (events > 0) deps.runtime.logger.warn('Events were left in the outbox', { events });
  });

export const handler = makeHandler(wire());
