import { PipelineError, type EventContract, type EventDetail } from '@alluvium/contracts';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import {
  dispatch,
  route,
  type DeliveredEvent,
  type EventHandler,
  type EventRoute,
  type GiveUp,
} from './event-route.ts';
import type { Runtime } from './runtime.ts';
import { withStack, type LambdaHandler } from './stack.ts';

/** A handler of SQS batches. */
export type QueueHandler = LambdaHandler<SQSEvent, SQSBatchResponse>;

const isEvent = (value: unknown): value is DeliveredEvent =>
  typeof value === 'object' && value !== null && 'detail-type' in value && 'detail' in value;

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const parseEvent = (body: string): DeliveredEvent => {
  const value = parseJson(body);
  if (isEvent(value)) return value;
  throw new PipelineError('The message is not an EventBridge event', {
    code: 'EVENT_INVALID',
    kind: 'invalid',
    details: { path: '/' },
  });
};

/** A handler that takes messages of a queue one by one; those that fail are the only ones that come again. */
export const onMessages = (
  runtime: Runtime,
  handle: (record: SQSRecord, context: Context) => Promise<void>,
): QueueHandler => {
  const handleAloud = async (record: SQSRecord, context: Context): Promise<void> => {
    try {
      await handle(record, context);
    } catch (error) {
      // The batch answers with the message's id alone: without this line nobody would learn why it comes again.
      runtime.logger.warn('The message failed and will come again', {
        error: error as Error,
        messageId: record.messageId,
        receives: record.attributes.ApproximateReceiveCount,
      });
      throw error;
    }
  };
  return withStack(runtime, (event, context) =>
    processPartialResponse(
      event,
      (record: SQSRecord) => handleAloud(record, context),
      new BatchProcessor(EventType.SQS),
      {
        context,
        throwOnFullBatchFailure: false,
      },
    ),
  );
};

/** A handler that takes several kinds of events from a queue. */
export const onQueueOf = (routes: EventRoute[], runtime: Runtime): QueueHandler =>
  onMessages(runtime, async (record, context) => {
    let event: DeliveredEvent;
    try {
      event = parseEvent(record.body);
    } catch (error) {
      await runtime.deadLetters.send(record.body, error, record.eventSourceARN);
      return;
    }
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const lastTry = receives >= runtime.maxReceiveCount;
    await dispatch(runtime, routes, event, { context, lastTry, originArn: record.eventSourceARN });
  });

/** A handler that takes one kind of event from a queue; `giveUp` hears of those that will not be tried again. */
export const onQueue = <Detail extends EventDetail>(
  contract: EventContract<Detail>,
  runtime: Runtime,
  giveUp?: GiveUp<Detail>,
) => ({
  run: (handle: EventHandler<Detail>): QueueHandler => onQueueOf([route(contract, handle, giveUp)], runtime),
});
