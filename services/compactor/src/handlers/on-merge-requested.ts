import { mergeRequestedV1 } from '@alluvium/contracts';
import { onQueue } from '@alluvium/lambda-kit';
import { mergeGroup } from '../merge-group.ts';
import type { CompactorDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: CompactorDeps) =>
  onQueue(mergeRequestedV1, deps.runtime).run((event) => mergeGroup(deps, event));

export const handler = makeHandler(wire());
