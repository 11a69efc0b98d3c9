import { compactionRequestedV1 } from '@alluvium/contracts';
import { oncePerEvent, onEvent } from '@alluvium/lambda-kit';
import type { RequestDeps } from '../ports.ts';
import { ringWaiting } from '../ring-waiting.ts';
import { wireRequests } from '../wiring.ts';

export const makeHandler = (deps: Pick<RequestDeps, 'runtime' | 'inbox' | 'doorbell' | 'idempotency'>) =>
  onEvent(compactionRequestedV1, deps.runtime).run(
    oncePerEvent(deps.idempotency, ({ data }) => ringWaiting(deps, data.collection)),
  );

export const handler = makeHandler(wireRequests());
