import { onForeignEvent } from '@alluvium/lambda-kit';
import { announceLate } from '../announce-late.ts';
import type { OperationDeps } from '../ports.ts';
import { reconcile } from '../reconcile.ts';
import { wireOperations } from '../wiring.ts';

/** Makes lost events of deltas good, and of changes that no delta made. */
export const makeHandler = (deps: OperationDeps) =>
  onForeignEvent(deps.runtime).run(async () => {
    await announceLate(deps);
    await reconcile(deps);
  });

export const handler = makeHandler(wireOperations());
