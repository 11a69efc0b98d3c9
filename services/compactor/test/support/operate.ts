import {
  makeEvent,
  operationCompletedV1,
  operationRequestedV1,
  type OperationCompletedV1,
  type OperationRequestedV1,
} from '@alluvium/contracts';
import { delivered, testContext } from '@alluvium/testkit';
import { makeHandler as onEraseRequested } from '../../src/handlers/on-erase-requested.ts';
import { makeHandler as onGarbageRequested } from '../../src/handlers/on-garbage-requested.ts';
import { makeHandler as onOperationRequested } from '../../src/handlers/on-operation-requested.ts';
import type { OperationDeps } from '../../src/ports.ts';
import { INDEX_PATH } from './deltas.ts';
import type { World } from './world.ts';

type Request = Partial<OperationRequestedV1['data']> & {
  operation: string;
  /** Whether the index is named; default true. */
  isNamed?: boolean;
};
type Answer = OperationCompletedV1['data'];

const HANDLERS: Record<string, typeof onOperationRequested> = {
  'collect-garbage': onGarbageRequested,
  'erase-document': onEraseRequested,
};

const handlerOf = (operation: string) => HANDLERS[operation] ?? onOperationRequested;

/** Lets an operator ask for something; answers what the operation ended with. */
export const operate = async (
  world: World,
  { args = {}, isNamed = true, ...request }: Request,
  deps: OperationDeps = world.deps,
): Promise<Answer> => {
  const { origin } = world.runtime;
  const data = {
    ...{ operationId: origin.newEventId(), target: 'compactor', requestedBy: 'admin', ...request },
    args: { collection: 'docs', ...(isNamed && { indexPath: INDEX_PATH }), ...args },
  };
  const event = makeEvent(operationRequestedV1, data, { correlationId: data.operationId }, origin);
  await handlerOf(data.operation)(deps)(delivered(event), testContext());
  const answers = world.bus.dataOf(operationCompletedV1);
  const answer = answers.findLast(({ operationId }) => operationId === data.operationId);
  if (answer === undefined) throw new Error(`${data.operation} was not answered`);
  return answer;
};
