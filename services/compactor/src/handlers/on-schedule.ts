import { onForeignEvent } from '@alluvium/lambda-kit';
import type { CompactorDeps } from '../ports.ts';
import { ringWaiting } from '../ring-waiting.ts';
import { wire } from '../wiring.ts';

/** Makes lost doorbells good: this alone is enough for every delta to be settled in the end. */
export const makeHandler = (deps: Pick<CompactorDeps, 'runtime' | 'inbox' | 'doorbell'>) =>
  onForeignEvent(deps.runtime).run(() => ringWaiting(deps));

export const handler = makeHandler(wire());
