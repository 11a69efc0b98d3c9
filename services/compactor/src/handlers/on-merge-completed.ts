import { mergeCompletedV1 } from '@alluvium/contracts';
import { onQueue } from '@alluvium/lambda-kit';
import { advanceCompaction } from '../advance-compaction.ts';
import type { CompactorDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: CompactorDeps) =>
  onQueue(mergeCompletedV1, deps.runtime).run((event) => advanceCompaction(deps, event));

export const handler = makeHandler(wire());
