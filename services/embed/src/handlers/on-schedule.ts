import { onForeignEvent } from '@alluvium/lambda-kit';
import type { BatchDeps } from '../ports.ts';
import { requestPolls } from '../request-polls.ts';
import { wireBatches } from '../wiring.ts';

export const makeHandler = (deps: Pick<BatchDeps, 'batches' | 'runtime' | 'bus' | 'schedule'>) =>
  onForeignEvent(deps.runtime).run(() => requestPolls(deps));

export const handler = makeHandler(wireBatches());
