import { collectionChangedV1 } from '@alluvium/contracts';
import { mapLimit, onEvent } from '@alluvium/lambda-kit';
import type { TailDeps } from '../ports.ts';
import { wireTail } from '../wiring.ts';

const WRITES_AT_ONCE = 16;
const DELETED = 'deleted';

/**
 * Forgets the tail of an index whose collection was deleted. Documents of collections need not be forgotten: no environment
 * believes one for longer than a second.
 */
export const makeHandler = ({ runtime, tail }: TailDeps) =>
  onEvent(collectionChangedV1, runtime).run(async ({ data: { change, active } }) => {
    if (change !== DELETED || active === undefined) return;
    const pending = await tail.pending(active.path);
    await mapLimit(pending, WRITES_AT_ONCE, ({ deltaId }) => tail.settle(active.path, deltaId));
  });

export const handler = makeHandler(wireTail());
