import { deltaCreatedV1 } from '@alluvium/contracts';
import { onQueue } from '@alluvium/lambda-kit';
import { pendingDeltaOf } from '../domain/pending-delta.ts';
import type { TailDeps } from '../ports.ts';
import { wireTail } from '../wiring.ts';

export const makeHandler = ({ runtime, tail }: Pick<TailDeps, 'runtime' | 'tail'>) =>
  onQueue(deltaCreatedV1, runtime).run((event) => tail.add(event.data.index.path, pendingDeltaOf(event)));

export const handler = makeHandler(wireTail());
