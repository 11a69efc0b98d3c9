import { md5, md5OfAttributes, type Message, type MessageAttributes } from './message.ts';
import { putState, type QueueBroker } from './queue-broker.ts';
import type { Queue, QueueDepth } from './queue.ts';
import { changeVisibility, deleteByReceipt, receiptHandleOf } from './receipt.ts';
import { receiveMessages } from './receive.ts';
import { sendMessage, type SendRequest } from './send.ts';

/** One message as a Lambda function sees it in `event.Records`. */
export interface SqsRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, SqsRecordAttribute>;
  md5OfBody: string;
  md5OfMessageAttributes?: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}

export interface SqsRecordAttribute {
  dataType: string;
  stringValue?: string;
  /** Base64. */
  binaryValue?: string;
  stringListValues: string[];
  binaryListValues: string[];
}

export interface QueueSendOptions {
  attributes?: MessageAttributes | undefined;
  delaySeconds?: number | undefined;
  groupId?: string | undefined;
  deduplicationId?: string | undefined;
  /** An X-Ray trace header for the receivers. */
  traceHeader?: string | undefined;
}

export interface QueueReceiveOptions {
  /** Most messages to return; at least 1, and not bound to the 10 of the HTTP API. */
  max: number;
  /** How long to wait for the first message. */
  waitMs: number;
  /** Overrides the queue's own visibility timeout. */
  visibilityTimeoutSeconds?: number | undefined;
  /** Ends the wait early with no messages. */
  signal?: AbortSignal | undefined;
}

/** The queues without HTTP, for the Lambda poller and the event bus. Every method takes a queue's ARN and throws QUEUE_DOES_NOT_EXIST when there is none. */
export interface QueueService {
  /** Resolves with the message id once the message is durable. */
  send(queueArn: string, body: string, options?: QueueSendOptions): Promise<string>;
  receive(queueArn: string, options: QueueReceiveOptions): Promise<SqsRecord[]>;
  /** Outdated handles are passed over. */
  delete(queueArn: string, receiptHandles: string[]): Promise<void>;
  /** Throws MESSAGE_NOT_INFLIGHT when the message is visible already. */
  changeVisibility(queueArn: string, receiptHandle: string, visibilityTimeoutSeconds: number): Promise<void>;
  /** Makes all messages in flight visible again, for a start after the only consumer died. Resolves with their number. */
  releaseInFlight(queueArn: string): Promise<number>;
  depth(queueArn: string): QueueDepth;
  exists(queueArn: string): boolean;
  /** The ARNs of all queues. */
  list(): string[];
}

/** The system attributes of a received message; values are texts. */
export const systemAttributesOf = (
  broker: QueueBroker,
  queue: Queue,
  message: Message,
): Record<string, string> => {
  const { content, state } = message;
  const optional = {
    MessageGroupId: content.groupId,
    MessageDeduplicationId: content.deduplicationId,
    SequenceNumber: queue.isFifo ? content.sequence : undefined,
    DeadLetterQueueSourceArn: content.sourceArn,
    AWSTraceHeader: content.traceHeader,
  };
  return {
    ApproximateReceiveCount: String(state.receiveCount),
    SentTimestamp: String(content.sentAtMs),
    SenderId: broker.accountId,
    ApproximateFirstReceiveTimestamp: String(state.firstReceivedAtMs ?? content.sentAtMs),
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >),
  };
};

const recordAttributes = (attributes: MessageAttributes = {}): Record<string, SqsRecordAttribute> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );

const toRecord = (broker: QueueBroker, queue: Queue, message: Message): SqsRecord => {
  const { messageId, body, attributes } = message.content;
  const attributesMd5 = md5OfAttributes(attributes);
  return {
    messageId,
    receiptHandle: receiptHandleOf(queue, message),
    body,
    attributes: systemAttributesOf(broker, queue, message),
    messageAttributes: recordAttributes(attributes),
    md5OfBody: md5(body),
    ...(attributesMd5 === undefined ? {} : { md5OfMessageAttributes: attributesMd5 }),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: broker.region,
  };
};

const toRequest = (body: string, options: QueueSendOptions): SendRequest => ({
  MessageBody: body,
  ...(options.attributes === undefined ? {} : { MessageAttributes: options.attributes }),
  ...(options.delaySeconds === undefined ? {} : { DelaySeconds: options.delaySeconds }),
  ...(options.traceHeader === undefined
    ? {}
    : {
        MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: options.traceHeader } },
      }),
  ...(options.groupId === undefined ? {} : { MessageGroupId: options.groupId }),
  ...(options.deduplicationId === undefined ? {} : { MessageDeduplicationId: options.deduplicationId }),
});

const releaseInFlight = async (broker: QueueBroker, queue: Queue): Promise<number> => {
  const nowMs = broker.clock.nowMs();
  const inFlight = [...queue.all()].filter(
    (message) => message.state.receiveCount > 0 && !queue.isVisible(message, nowMs),
  );
  for (const message of inFlight) queue.hideUntil(message, nowMs, nowMs);
  await broker.commit(inFlight.map((message) => putState(queue, message)));
  return inFlight.length;
};

/** The in-process face of a broker. */
export const makeQueueService = (broker: QueueBroker): QueueService => ({
  send: async (queueArn, body, options = {}) =>
    (await sendMessage(broker, broker.get(queueArn), toRequest(body, options))).MessageId,
  receive: async (queueArn, { max, waitMs, visibilityTimeoutSeconds, signal }) => {
    const queue = broker.get(queueArn);
    const visibilityMs =
      visibilityTimeoutSeconds === undefined
        ? queue.durationMs('VisibilityTimeout')
        : visibilityTimeoutSeconds * 1000;
    const messages = await receiveMessages(broker, queue, { max, waitMs, visibilityMs, signal });
    return messages.map((message) => toRecord(broker, queue, message));
  },
  delete: async (queueArn, receiptHandles) => {
    const queue = broker.get(queueArn);
    await Promise.all(receiptHandles.map((handle) => deleteByReceipt(broker, queue, handle)));
  },
  changeVisibility: (queueArn, receiptHandle, seconds) =>
    changeVisibility(broker, broker.get(queueArn), receiptHandle, seconds),
  releaseInFlight: (queueArn) => releaseInFlight(broker, broker.get(queueArn)),
  depth: (queueArn) => broker.get(queueArn).depth(broker.clock.nowMs()),
  exists: (queueArn) => broker.find(queueArn) !== undefined,
  list: () => broker.list().map(({ arn }) => arn),
});
