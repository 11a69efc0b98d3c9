import { appliedPartsV1, snapshotPublishedV1 } from '@alluvium/contracts';
import { mapLimit, onQueue } from '@alluvium/lambda-kit';
import type { TailDeps } from '../ports.ts';
import { wireTail } from '../wiring.ts';

const WRITES_AT_ONCE = 16;

export const makeHandler = ({ runtime, tail, objects }: TailDeps) =>
  onQueue(snapshotPublishedV1, runtime).run(async ({ data: { index, applied } }) => {
    const { parts } = await objects.readDocument(appliedPartsV1, applied);
    // A part may be announced in several attempts.
    const deltaIds = [...new Set(parts.map(({ deltaId }) => deltaId))];
    await mapLimit(deltaIds, WRITES_AT_ONCE, (deltaId) => tail.settle(index.path, deltaId));
  });

export const handler = makeHandler(wireTail());
