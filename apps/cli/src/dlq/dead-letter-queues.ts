import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { CliError, exitCodes } from '../cli-error.ts';
import { deadLetterOf, type DeadLetter } from './dead-letter.ts';

/** A service's dead-letter queue. */
export interface DeadLetterQueue {
  service: string;
  name: string;
  url: string;
  messages: number;
  /** Received by somebody a moment ago. */
  inFlight: number;
}

const BATCH = 10;
/** For as long as a command looks at them, messages are hidden from others. */
const LOOK_SECONDS = 60;
/** What one command takes on. */
const MOST = 1000;

// `alluvium-<service>-<stage>-DeadLetters-…` as CloudFormation names it, `…-dead-letters` on a laptop.
const NAME = /^alluvium-([a-z]+)-.*(DeadLetters|dead-letters)/;

const urlsOf = async (sqs: SQSClient): Promise<string[]> => {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await sqs.send(
      new ListQueuesCommand({
        QueueNamePrefix: 'alluvium-',
        MaxResults: 1000,
        ...(NextToken && { NextToken }),
      }),
    );
    urls.push(...(answer.QueueUrls ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return urls;
};

const describe = async (sqs: SQSClient, url: string): Promise<DeadLetterQueue | undefined> => {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const service = NAME.exec(name)?.[1];
  if (service === undefined) return undefined;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    ...{ service, name, url },
    messages: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
    inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
};

/** The dead-letter queues of all services, by service. */
export const listQueues = async (sqs: SQSClient): Promise<DeadLetterQueue[]> => {
  const found = await Promise.all((await urlsOf(sqs)).map((url) => describe(sqs, url)));
  return found
    .filter((queue) => queue !== undefined)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
};

/** The queue of one service. Error: not found. */
export const queueOf = async (sqs: SQSClient, service: string): Promise<DeadLetterQueue> => {
  const queues = await listQueues(sqs);
  const found = queues.find((queue) => queue.service === service);
  if (found !== undefined) return found;
  const known = queues.map((queue) => queue.service).join(', ');
  throw new CliError(
    `"${service}" has no dead-letter queue.`,
    exitCodes.notFound,
    `Those that have: ${known || 'none'}`,
  );
};

/** Takes all messages of a queue in hand, a thousand at most; nobody else sees them for a minute. */
export const takeAll = async (sqs: SQSClient, { url }: DeadLetterQueue): Promise<DeadLetter[]> => {
  const letters = new Map<string, DeadLetter>();
  // An empty answer may be a chance of SQS; two in a row are not.
  for (let empty = 0; empty < 2 && letters.size < MOST;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: LOOK_SECONDS,
        WaitTimeSeconds: empty,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const letter of Messages.map(deadLetterOf)) letters.set(letter.id, letter);
  }
  return [...letters.values()].sort((left, right) => (left.sentAt < right.sentAt ? -1 : 1));
};

/** Lays messages back, for everybody to see. */
export const layBack = async (
  sqs: SQSClient,
  { url }: DeadLetterQueue,
  letters: readonly DeadLetter[],
): Promise<void> => {
  for (let first = 0; first < letters.length; first += BATCH) {
    const Entries = letters.slice(first, first + BATCH).map(({ message }, index) => ({
      Id: String(index),
      ReceiptHandle: message.ReceiptHandle ?? '',
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
  }
};

/** Deletes one message. */
export const remove = async (
  sqs: SQSClient,
  { url }: DeadLetterQueue,
  { message }: DeadLetter,
): Promise<void> => {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle ?? '' }));
};
