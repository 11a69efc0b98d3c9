import { isPipelineError } from '@alluvium/contracts';
import type { Call, OperationTable } from '../common/aws-json.ts';
import { md5, md5OfAttributes, messageSizeBytes, type Message, type MessageAttributes } from './message.ts';
import { MAX_MESSAGE_BYTES } from './queue-attributes.ts';
import type { QueueBroker } from './queue-broker.ts';
import { queueOf } from './queue-operations.ts';
import { systemAttributesOf } from './queue-service.ts';
import type { Queue } from './queue.ts';
import { changeVisibility, deleteByReceipt, receiptHandleOf } from './receipt.ts';
import { receiveMessages } from './receive.ts';
import { sendMessage, type SendRequest } from './send.ts';
import {
  batchRequestTooLong,
  emptyBatchRequest,
  idsNotDistinct,
  invalidBatchEntryId,
  invalidValue,
  tooManyEntries,
} from './sqs-errors.ts';

interface QueueRequest {
  QueueUrl?: string;
}

interface ReceiveRequest extends QueueRequest {
  MaxNumberOfMessages?: number;
  VisibilityTimeout?: number;
  WaitTimeSeconds?: number;
  AttributeNames?: string[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
}

interface ReceiptRequest {
  ReceiptHandle?: string;
  VisibilityTimeout?: number;
}

interface Entry {
  Id?: string;
}

interface Batch<T> extends QueueRequest {
  Entries?: (T & Entry)[];
}

const inRange = (name: string, value: number, [least, most]: [number, number]): number => {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidValue(name, value, `Must be between ${least} and ${most}, if provided.`);
};

const checkIds = (entries: Entry[]): void => {
  if (entries.length === 0) throw emptyBatchRequest();
  if (entries.length > 10) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(Id)) throw invalidBatchEntryId();
    if (seen.has(Id)) throw idsNotDistinct(Id);
    seen.add(Id);
  }
};

/** Runs every entry; those that the caller got wrong are reported beside those that went through. */
const forEachEntry = async <T>(
  entries: (T & Entry)[],
  run: (entry: T) => Promise<object>,
): Promise<object> => {
  const successful: object[] = [];
  const failed: object[] = [];
  // one after the other, because the order of a batch is the order in a FIFO queue
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...(await run(entry)) });
    } catch (error) {
      if (!isPipelineError(error) || error.kind !== 'invalid') throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.details.queryCode, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length === 0 ? {} : { Failed: failed }) };
};

const selectAttributes = (attributes: MessageAttributes = {}, names: string[]): MessageAttributes => {
  const isWanted = (name: string) =>
    names.some(
      (wanted) =>
        wanted === 'All' ||
        wanted === name ||
        (wanted.endsWith('*') && name.startsWith(wanted.slice(0, -1).replace(/\.$/, ''))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => isWanted(name)));
};

const present = (broker: QueueBroker, queue: Queue, message: Message, request: ReceiveRequest): object => {
  const names = [...(request.AttributeNames ?? []), ...(request.MessageSystemAttributeNames ?? [])];
  const system = Object.entries(systemAttributesOf(broker, queue, message)).filter(
    ([name]) => names.includes('All') || names.includes(name),
  );
  const selected = selectAttributes(message.content.attributes, request.MessageAttributeNames ?? []);
  const attributesMd5 = md5OfAttributes(selected);
  return {
    MessageId: message.content.messageId,
    ReceiptHandle: receiptHandleOf(queue, message),
    MD5OfBody: md5(message.content.body),
    Body: message.content.body,
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(attributesMd5 === undefined
      ? {}
      : { MessageAttributes: selected, MD5OfMessageAttributes: attributesMd5 }),
  };
};

const receive = async (broker: QueueBroker, request: ReceiveRequest, { signal }: Call): Promise<object> => {
  const queue = queueOf(broker, request);
  const waitMs =
    request.WaitTimeSeconds === undefined
      ? queue.durationMs('ReceiveMessageWaitTimeSeconds')
      : inRange('WaitTimeSeconds', request.WaitTimeSeconds, [0, 20]) * 1000;
  const visibilityMs =
    request.VisibilityTimeout === undefined
      ? queue.durationMs('VisibilityTimeout')
      : inRange('VisibilityTimeout', request.VisibilityTimeout, [0, 43_200]) * 1000;
  const max = inRange('MaxNumberOfMessages', request.MaxNumberOfMessages ?? 1, [1, 10]);
  const messages = await receiveMessages(broker, queue, { max, waitMs, visibilityMs, signal });
  if (messages.length === 0) return {};
  return { Messages: messages.map((message) => present(broker, queue, message, request)) };
};

const sendBatch = (broker: QueueBroker, input: Batch<SendRequest>): Promise<object> => {
  const queue = queueOf(broker, input);
  const entries = input.Entries ?? [];
  checkIds(entries);
  const sizeBytes = entries.reduce(
    (sum, entry) => sum + messageSizeBytes(entry.MessageBody ?? '', entry.MessageAttributes),
    0,
  );
  if (sizeBytes > MAX_MESSAGE_BYTES) throw batchRequestTooLong(MAX_MESSAGE_BYTES, sizeBytes);
  return forEachEntry<SendRequest>(entries, (entry) => sendMessage(broker, queue, entry));
};

const acknowledge = async (broker: QueueBroker, queue: Queue, entry: ReceiptRequest): Promise<object> => {
  await deleteByReceipt(broker, queue, entry.ReceiptHandle);
  return {};
};

const reschedule = async (broker: QueueBroker, queue: Queue, entry: ReceiptRequest): Promise<object> => {
  await changeVisibility(broker, queue, entry.ReceiptHandle, entry.VisibilityTimeout);
  return {};
};

const receiptBatch = (
  broker: QueueBroker,
  input: Batch<ReceiptRequest>,
  run: (broker: QueueBroker, queue: Queue, entry: ReceiptRequest) => Promise<object>,
): Promise<object> => {
  const queue = queueOf(broker, input);
  const entries = input.Entries ?? [];
  checkIds(entries);
  return forEachEntry<ReceiptRequest>(entries, (entry) => run(broker, queue, entry));
};

/** Sending, receiving and acknowledging. */
export const messageOperations = (broker: QueueBroker): OperationTable => ({
  SendMessage: (input: QueueRequest & SendRequest) => sendMessage(broker, queueOf(broker, input), input),
  SendMessageBatch: (input: Batch<SendRequest>) => sendBatch(broker, input),
  ReceiveMessage: (input: ReceiveRequest, call: Call) => receive(broker, input, call),
  DeleteMessage: (input: QueueRequest & ReceiptRequest) => acknowledge(broker, queueOf(broker, input), input),
  DeleteMessageBatch: (input: Batch<ReceiptRequest>) => receiptBatch(broker, input, acknowledge),
  ChangeMessageVisibility: (input: QueueRequest & ReceiptRequest) =>
    reschedule(broker, queueOf(broker, input), input),
  ChangeMessageVisibilityBatch: (input: Batch<ReceiptRequest>) => receiptBatch(broker, input, reschedule),
});
