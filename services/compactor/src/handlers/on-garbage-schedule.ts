import { onForeignEvent } from '@alluvium/lambda-kit';
import type { OperationDeps } from '../ports.ts';
import { requestGarbage } from '../request-garbage.ts';
import { wireOperations } from '../wiring.ts';

/** Once a day every index is tidied up. */
export const makeHandler = (deps: Pick<OperationDeps, 'runtime' | 'inbox' | 'bus' | 'garbageMode'>) =>
  onForeignEvent(deps.runtime).run(() => requestGarbage(deps));

export const handler = makeHandler(wireOperations());
