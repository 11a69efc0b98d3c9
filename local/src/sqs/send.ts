import { createHash, randomUUID } from 'node:crypto';
import {
  hasOnlyAllowedCharacters,
  md5,
  md5OfAttributes,
  messageSizeBytes,
  type Message,
  type MessageAttribute,
  type MessageAttributes,
} from './message.ts';
import { MAX_MESSAGE_BYTES } from './queue-attributes.ts';
import { putDeduplication, putMessage, type QueueBroker } from './queue-broker.ts';
import type { Queue } from './queue.ts';
import { invalidMessageContents, invalidParameter, invalidValue, missingParameter } from './sqs-errors.ts';

/** A message to send, named as in the SendMessage request. */
export interface SendRequest {
  MessageBody?: string;
  DelaySeconds?: number;
  MessageAttributes?: MessageAttributes;
  MessageSystemAttributes?: MessageAttributes;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}

/** What a sender is told. */
export interface SendResult {
  MessageId: string;
  MD5OfMessageBody: string;
  MD5OfMessageAttributes?: string;
  MD5OfMessageSystemAttributes?: string;
  SequenceNumber?: string;
}

const DEDUPLICATION_MS = 5 * 60 * 1000;
const GROUP_OR_DEDUPLICATION_ID = /^[\x21-\x7e]{1,128}$/;

const checkAttributeName = (name: string): void => {
  if (!/^[A-Za-z0-9_.-]{1,256}$/.test(name) || /^(?:aws|amazon)\.|^\.|\.$|\.\./i.test(name))
    throw invalidParameter(`Message attribute name '${name}' is invalid.`);
};

const checkAttribute = (
  name: string,
  { DataType, StringValue, BinaryValue }: Partial<MessageAttribute>,
): void => {
  checkAttributeName(name);
  if (DataType === undefined || DataType === '')
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty attribute type.`);
  if (!/^(?:String|Number|Binary)(?:\..+)?$/.test(DataType))
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  const value = DataType.startsWith('Binary') ? BinaryValue : StringValue;
  if (value === undefined || value === '')
    throw invalidParameter(
      `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${DataType}'.`,
    );
  if (DataType.startsWith('Number') && !Number.isFinite(Number(value)))
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
};

const checkContent = (queue: Queue, request: SendRequest): string => {
  const { MessageBody: body, MessageAttributes: attributes = {} } = request;
  if (body === undefined || body === '') throw missingParameter('MessageBody');
  if (!hasOnlyAllowedCharacters(body)) throw invalidMessageContents();
  if (Object.keys(attributes).length > 10)
    throw invalidParameter(
      'Number of message attributes [' +
        String(Object.keys(attributes).length) +
        '] exceeds the allowed maximum [10].',
    );
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
  const maxBytes = Number(queue.record.attributes.MaximumMessageSize ?? MAX_MESSAGE_BYTES);
  if (messageSizeBytes(body, attributes) > maxBytes)
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${maxBytes} bytes.`,
    );
  return body;
};

const delayMs = (queue: Queue, { DelaySeconds: seconds }: SendRequest): number => {
  if (seconds === undefined) return queue.durationMs('DelaySeconds');
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 900)
    throw invalidValue('DelaySeconds', seconds, 'DelaySeconds must be >= 0 and <= 900.');
  if (queue.isFifo && seconds > 0)
    throw invalidValue(
      'DelaySeconds',
      seconds,
      'The request include parameter that is not valid for this queue type.',
    );
  return queue.isFifo ? queue.durationMs('DelaySeconds') : seconds * 1000;
};

const checkId = (name: string, id: string | undefined): void => {
  if (id !== undefined && !GROUP_OR_DEDUPLICATION_ID.test(id))
    throw invalidValue(
      name,
      id,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
};

/** The deduplication id of a FIFO message; undefined for a standard queue. */
const deduplicationIdOf = (queue: Queue, request: SendRequest): string | undefined => {
  const { MessageGroupId, MessageDeduplicationId, MessageBody = '' } = request;
  checkId('MessageGroupId', MessageGroupId);
  checkId('MessageDeduplicationId', MessageDeduplicationId);
  if (!queue.isFifo) {
    if (MessageDeduplicationId === undefined) return undefined;
    throw invalidValue(
      'MessageDeduplicationId',
      MessageDeduplicationId,
      'The request include parameter that is not valid for this queue type.',
    );
  }
  if (MessageGroupId === undefined) throw missingParameter('MessageGroupId');
  if (MessageDeduplicationId !== undefined) return MessageDeduplicationId;
  if (queue.record.attributes.ContentBasedDeduplication === 'true')
    return createHash('sha256').update(MessageBody).digest('hex');
  throw invalidParameter(
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  );
};

const newMessage = (broker: QueueBroker, queue: Queue, request: SendRequest): Message => {
  const body = checkContent(queue, request);
  const sentAtMs = broker.clock.nowMs();
  const visibleAtMs = sentAtMs + delayMs(queue, request);
  const deduplicationId = deduplicationIdOf(queue, request);
  const { MessageAttributes: attributes, MessageGroupId: groupId } = request;
  const traceHeader = request.MessageSystemAttributes?.AWSTraceHeader?.StringValue;
  return {
    content: {
      sequence: broker.nextSequence(),
      messageId: randomUUID(),
      body,
      sentAtMs,
      ...(attributes === undefined ? {} : { attributes }),
      ...(groupId === undefined ? {} : { groupId }),
      ...(deduplicationId === undefined ? {} : { deduplicationId }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
    },
    state: { visibleAtMs, receiveCount: 0, receivesHere: 0 },
  };
};

const resultOf = (queue: Queue, { content }: Message, request: SendRequest): SendResult => {
  const attributes = md5OfAttributes(request.MessageAttributes);
  const system = md5OfAttributes(request.MessageSystemAttributes);
  return {
    MessageId: content.messageId,
    MD5OfMessageBody: md5(content.body),
    ...(attributes === undefined ? {} : { MD5OfMessageAttributes: attributes }),
    ...(system === undefined ? {} : { MD5OfMessageSystemAttributes: system }),
    ...(queue.isFifo ? { SequenceNumber: content.sequence } : {}),
  };
};

const scopedId = (queue: Queue, { deduplicationId = '', groupId = '' }: Message['content']): string =>
  queue.record.attributes.DeduplicationScope === 'messageGroup'
    ? `${groupId} ${deduplicationId}`
    : deduplicationId;

/** Accepts a message; resolves once it is durable. A duplicate within five minutes gets the first one's answer. */
export const sendMessage = async (
  broker: QueueBroker,
  queue: Queue,
  request: SendRequest,
): Promise<SendResult> => {
  const message = newMessage(broker, queue, request);
  const { content } = message;
  const changes = putMessage(queue, message);
  if (content.deduplicationId !== undefined) {
    const id = scopedId(queue, content);
    const earlier = broker.findDeduplication(queue, id);
    if (earlier !== undefined)
      return {
        ...resultOf(queue, message, request),
        MessageId: earlier.messageId,
        SequenceNumber: earlier.sequence,
      };
    const { messageId, sequence } = content;
    const deduplication = { untilMs: content.sentAtMs + DEDUPLICATION_MS, messageId, sequence };
    broker.rememberDeduplication(queue, id, deduplication);
    changes.push(putDeduplication(queue, id, deduplication));
  }
  await broker.commit(changes);
  queue.insert(message, broker.clock.nowMs());
  return resultOf(queue, message, request);
};
