import {
  operationCompletedV1,
  operationRequestedV1,
  PipelineError,
  type MetadataV1,
  type OperationCompletedV1,
  type OperationRequestedV1,
  type PointerV1,
} from '@alluvium/contracts';
import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { Context } from 'aws-lambda';
import type { EventBus } from './event-bus.ts';
import { route, type DeliveredEvent, type EventRoute } from './event-route.ts';
import { failureOf } from './failure.ts';
import { eventIdempotency, type oncePerEvent } from './idempotent.ts';
import { onEvents } from './on-event.ts';
import type { Runtime } from './runtime.ts';
import type { LambdaHandler } from './stack.ts';

const MAX_SUMMARY = 500;

/** What an operator asked for: who, why, and the id that makes it one request. */
export type OperationRequest = OperationRequestedV1['data'];

/** What an operation may be told; each takes its own. */
export type OperationArgs = OperationRequest['args'];

/** What came of an operation. */
export interface OperationResult {
  /** One sentence, for people; cut at 500 characters. */
  summary: string;
  /** The details, as an object. */
  report?: PointerV1;
}

/**
 * Does one operation. What it throws is the operator's answer: he decides whether to ask again. It may run a second time when
 * the process died in the first: it has to bear that. Events that it emits follow from `cause`.
 */
export type Operation = (
  args: OperationArgs,
  request: OperationRequest,
  cause: MetadataV1,
) => Promise<OperationResult>;

export interface AnswerOptions {
  runtime: Runtime;
  bus: EventBus;
  /** Remembers the outcomes for 15 days. */
  idempotency: Parameters<typeof oncePerEvent>[0];
  /** The service: operations for others are let pass. */
  target: string;
  /** By their names. */
  operations: Readonly<Record<string, Operation>>;
}

type Outcome = Pick<OperationCompletedV1['data'], 'outcome' | 'completedAt' | 'summary' | 'report' | 'error'>;

/** The argument of an operation that cannot do without it; throws OPERATION_ARGUMENT_MISSING. */
export const requiredArg = <Name extends keyof OperationArgs>(
  { operation, args }: OperationRequest,
  name: Name,
): NonNullable<OperationArgs[Name]> => {
  const value = args[name];
  if (value !== undefined) return value;
  throw new PipelineError(`The operation ${operation} needs args.${name}`, {
    code: 'OPERATION_ARGUMENT_MISSING',
    kind: 'invalid',
    details: { operation, name },
  });
};

const operationOf = ({ target, operations }: AnswerOptions, name: string): Operation => {
  const found = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(operations).sort().join(', ');
  throw new PipelineError(`${target} knows no operation "${name}"; it knows ${known}`, {
    code: 'OPERATION_UNKNOWN',
    kind: 'invalid',
    details: { target, operation: name },
  });
};

const perform = async (
  options: AnswerOptions,
  { data: request, metadata }: OperationRequestedV1,
): Promise<Outcome> => {
  const { logger, origin } = options.runtime;
  const completedAt = (): string => new Date(origin.nowMs()).toISOString();
  const { operationId, operation, requestedBy, reason } = request;
  const facts = { operationId, operation, requestedBy, reason };
  try {
    const { summary, report } = await operationOf(options, operation)(request.args, request, metadata);
    logger.info('An operation was done', { ...facts, summary });
    const pointer = report === undefined ? {} : { report };
    return {
      outcome: 'done',
      completedAt: completedAt(),
      summary: summary.slice(0, MAX_SUMMARY),
      ...pointer,
    };
  } catch (error) {
    logger.error('An operation failed', { ...facts, error: error as Error });
    return { outcome: 'failed', completedAt: completedAt(), error: failureOf(error) };
  }
};

/**
 * The route of operation.requested.v1: does what the table has under the operation's name and emits operation.completed.v1. Every
 * failure is an answer: nobody waits for an operation that a queue has given up. An operationId that comes again, at once or after
 * days, is done once and gets the same answer; while it is being done the delivery fails and comes again.
 */
export const operationRoute = (options: AnswerOptions): EventRoute => {
  // By the key of the event, which its operationId alone makes.
  const config = eventIdempotency();
  const performOnce = makeIdempotent((detail: OperationRequestedV1) => perform(options, detail), {
    persistenceStore: options.idempotency,
    config,
  });
  return route(operationRequestedV1, async (detail, context: Context) => {
    const { data, metadata } = detail;
    const { operationId, target, operation } = data;
    if (target !== options.target) return;
    // Without the context a crashed attempt would hold the operation until it expires.
    config.registerLambdaContext(context);
    const outcome = await performOnce(detail);
    await options.bus.publish(operationCompletedV1, { operationId, target, operation, ...outcome }, metadata);
  });
};

/** A handler of operation.requested.v1 that a rule invokes directly: {@link operationRoute}. */
export const answerOperations = (options: AnswerOptions): LambdaHandler<DeliveredEvent, void> =>
  onEvents([operationRoute(options)], options.runtime);
