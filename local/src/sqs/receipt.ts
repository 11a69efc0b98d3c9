import type { Message } from './message.ts';
import { deleteMessage, putState, type QueueBroker } from './queue-broker.ts';
import type { Queue } from './queue.ts';
import {
  invalidParameter,
  invalidValue,
  messageNotInflight,
  missingParameter,
  receiptHandleIsInvalid,
} from './sqs-errors.ts';

/** The longest a message can stay hidden, counted from its receive. */
const MAX_VISIBILITY_SECONDS = 43_200;

/** Opaque to callers: queue, message, and the secret of this one receive. */
export const receiptHandleOf = (queue: Queue, { content, state }: Message): string =>
  Buffer.from([queue.name, content.sequence, state.receipt].join(' ')).toString('base64url');

interface Receipt {
  sequence: string;
  secret: string;
}

const parseHandle = (queue: Queue, handle: string | undefined): Receipt => {
  if (handle === undefined || handle === '') throw missingParameter('ReceiptHandle');
  const [name, sequence, secret] = Buffer.from(handle, 'base64url').toString('utf8').split(' ');
  if (name !== queue.name || sequence === undefined || secret === undefined)
    throw receiptHandleIsInvalid(handle);
  return { sequence, secret };
};

/** The message this handle still acts on: it is there, and was not received again since. */
const findCurrent = (queue: Queue, { sequence, secret }: Receipt): Message | undefined => {
  const message = queue.find(sequence);
  return message?.state.receipt === secret ? message : undefined;
};

/** Deletes the message; an outdated handle does nothing and is no error (on a FIFO queue it is one), as on AWS. */
export const deleteByReceipt = async (
  broker: QueueBroker,
  queue: Queue,
  handle: string | undefined,
): Promise<void> => {
  const receipt = parseHandle(queue, handle);
  const message = findCurrent(queue, receipt);
  if (message === undefined) {
    if (queue.isFifo && queue.find(receipt.sequence) !== undefined)
      throw invalidValue('ReceiptHandle', handle, 'The receipt handle has expired.');
    return;
  }
  queue.remove(message);
  await broker.commit(deleteMessage(queue, message));
};

/** Hides a message in flight for `seconds` from now, or shows it at once with 0. */
export const changeVisibility = async (
  broker: QueueBroker,
  queue: Queue,
  handle: string | undefined,
  seconds: number | undefined,
): Promise<void> => {
  const receipt = parseHandle(queue, handle);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_VISIBILITY_SECONDS)
    throw invalidValue('VisibilityTimeout', seconds, 'Must be between 0 and 43200, if provided.');
  const message = findCurrent(queue, receipt);
  if (message === undefined)
    throw invalidParameter(
      `Value ${String(handle)} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
    );
  const nowMs = broker.clock.nowMs();
  if (queue.isVisible(message, nowMs)) throw messageNotInflight();
  queue.hideUntil(message, nowMs + seconds * 1000, nowMs);
  await broker.commit([putState(queue, message)]);
};
