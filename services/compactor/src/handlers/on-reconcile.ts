import { onForeignEvent } from '@alluvium/lambda-kit';
import type { CompactorDeps } from '../ports.ts';
import { reconcile } from '../reconcile.ts';
import { wire } from '../wiring.ts';

/** Makes lost events of deltas good. */
export const makeHandler = (deps: CompactorDeps) => onForeignEvent(deps.runtime).run(() => reconcile(deps));

export const handler = makeHandler(wire());
