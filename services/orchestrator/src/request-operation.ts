import {
  makeEvent,
  operationRequestedV1,
  PipelineError,
  type OperationAcceptedV1,
  type OperationCompletedV1,
  type OperationV1,
} from '@alluvium/contracts';
import { sendKept } from './change-job.ts';
import type { CheckedOperation } from './domain/operations.ts';
import type { OrchestratorDeps } from './ports.ts';

type OperationDeps = Pick<OrchestratorDeps, 'operations' | 'runtime' | 'bus' | 'outbox'>;

const MAX_TRIES = 10;

/** Asks the owner for an operation; what becomes of it is told by its record. */
export const requestOperation = async (
  deps: OperationDeps,
  { operation, target, args, reason }: CheckedOperation,
  requestedBy: string,
): Promise<OperationAcceptedV1> => {
  const { origin } = deps.runtime;
  const operationId = origin.newEventId();
  const asked = {
    ...{ operationId, target, operation, args, requestedBy },
    ...(reason === undefined ? {} : { reason }),
  };
  const event = makeEvent(operationRequestedV1, asked, { correlationId: operationId }, origin);
  const requestedAt = new Date(origin.nowMs()).toISOString();
  // The id is new: nobody else can have written it.
  await deps.operations.save({ ...asked, state: 'queued', requestedAt }, undefined, [event]);
  await sendKept(deps, [event]);
  return { operationId, statusUrl: `/operations/${operationId}` };
};

/** An operation and what became of it. Errors: OPERATION_NOT_FOUND. */
export const readOperation = async (
  { operations }: Pick<OperationDeps, 'operations'>,
  operationId: string,
): Promise<OperationV1> => {
  const found = await operations.find(operationId);
  if (found !== undefined) return found.operation;
  throw new PipelineError(
    `There is no operation "${operationId.slice(0, 64)}"; they are remembered for 30 days.`,
    { code: 'OPERATION_NOT_FOUND', kind: 'invalid' },
  );
};

const completed = (
  known: OperationV1 | undefined,
  { operationId, target, operation, outcome, completedAt, ...told }: OperationCompletedV1['data'],
): OperationV1 => ({
  // An operation may have been asked for by an event made by hand.
  ...(known ?? { operationId, target, operation, requestedAt: completedAt }),
  ...{ state: outcome, completedAt },
  ...told,
});

/** Keeps the answer to an operation; the first answer is the one that counts. Errors: OPERATION_BUSY. */
export const recordCompletion = async (
  { operations }: Pick<OperationDeps, 'operations'>,
  { data }: OperationCompletedV1,
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await operations.find(data.operationId);
    if (found !== undefined && found.operation.state !== 'queued') return;
    const { operationId, target, operation, outcome, completedAt, summary, report, error } = data;
    const answer = {
      ...{ operationId, target, operation, outcome, completedAt },
      ...(summary && { summary }),
      ...(report && { report }),
      ...(error && { error }),
    };
    if (await operations.save(completed(found?.operation, answer), found?.version)) return;
  }
  throw new PipelineError(`The operation ${data.operationId} was changed by others ${MAX_TRIES} times`, {
    code: 'OPERATION_BUSY',
    kind: 'conflict',
  });
};
