import type { EventBus } from '@alluvium/lambda-kit';
import {
  GetQueueUrlCommand,
  SendMessageCommand,
  type MessageAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetter } from './dead-letter.ts';

/** What of a stack takes messages back. */
export interface Origins {
  sqs: SQSClient;
  bus: Pick<EventBus, 'publishAll'>;
}

/** Attributes that tell why a message died; they do not belong to it. */
const EPITAPH =
  /^(ERROR_(CODE|MESSAGE|PATH)|ORIGIN_ARN|RULE_ARN|TARGET_ARN|EXHAUSTED_RETRY_CONDITION|RETRY_ATTEMPTS)$/;

const attributesOf = ({ message }: DeadLetter): Record<string, MessageAttributeValue> =>
  Object.fromEntries(Object.entries(message.MessageAttributes ?? {}).filter(([name]) => !EPITAPH.test(name)));

const toQueue = async (sqs: SQSClient, letter: DeadLetter, { arn, body }: { arn: string; body: string }) => {
  const [, , , , account = '', name = ''] = arn.split(':');
  const QueueOwnerAWSAccountId = account;
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId }));
  const MessageAttributes = attributesOf(letter);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
};

/** Puts a message back where it came from; `undefined` when that happened, else why it cannot be. Errors: those of the stack. */
export const sendBack = async ({ sqs, bus }: Origins, letter: DeadLetter): Promise<string | undefined> => {
  const { destination } = letter;
  if (destination.kind === 'nowhere') return destination.why;
  if (destination.kind === 'queue') await toQueue(sqs, letter, destination);
  else await bus.publishAll([destination.event]);
  return undefined;
};
