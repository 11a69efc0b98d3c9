import { answerOperations } from '@alluvium/lambda-kit';
import { collectGarbageOfIndex } from '../operations/collect-garbage.ts';
import type { OperationDeps } from '../ports.ts';
import { wireOperations } from '../wiring.ts';

/** One cycle of garbage collection, by the schedule or by an operator. */
export const makeHandler = (deps: OperationDeps) =>
  answerOperations({
    ...deps,
    target: 'compactor',
    operations: { 'collect-garbage': collectGarbageOfIndex(deps) },
  });

export const handler = makeHandler(wireOperations());
