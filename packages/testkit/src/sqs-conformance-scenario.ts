import { createHash, randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type QueueAttributeName,
  type ReceiveMessageCommandInput,
  type SendMessageCommandOutput,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The steps that the SQS tests are written in. */
export interface SqsScenario {
  client: () => SQSClient;
  /** Creates a queue of its own name and returns its URL. */
  create: (attributes?: Record<string, string>, suffix?: string) => Promise<string>;
  send: (queueUrl: string, body: string) => Promise<SendMessageCommandOutput>;
  receive: (queueUrl: string, options?: Partial<ReceiveMessageCommandInput>) => Promise<Message[]>;
  attributes: (queueUrl: string, ...names: QueueAttributeName[]) => Promise<Partial<Record<string, string>>>;
  arnOf: (queueUrl: string) => Promise<string>;
  /** A queue whose messages are visible at once, and the one they go to after `maxReceiveCount` receives. */
  withDeadLetters: (maxReceiveCount: number) => Promise<{ queue: string; deadLetters: string }>;
  /** Deletes every queue that was created. */
  clean: () => Promise<void>;
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** Waits for `condition` by asking again; fails after ten seconds. */
export const eventually = async (condition: () => Promise<boolean>): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The condition did not come true within ten seconds.');
};

export const makeScenario = (client: () => SQSClient): SqsScenario => {
  const urls: string[] = [];
  const create: SqsScenario['create'] = async (Attributes = {}, suffix = '') => {
    const QueueName = `conformance-${randomUUID()}${suffix}`;
    const { QueueUrl } = await client().send(new CreateQueueCommand({ QueueName, Attributes }));
    urls.push(QueueUrl!);
    return QueueUrl!;
  };
  const attributes: SqsScenario['attributes'] = async (QueueUrl, ...AttributeNames) =>
    (await client().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes ?? {};
  const arnOf = async (queueUrl: string) => (await attributes(queueUrl, 'QueueArn')).QueueArn!;
  return {
    client,
    create,
    attributes,
    arnOf,
    send: (QueueUrl, MessageBody) => client().send(new SendMessageCommand({ QueueUrl, MessageBody })),
    receive: async (QueueUrl, options = {}) =>
      (await client().send(new ReceiveMessageCommand({ QueueUrl, ...options }))).Messages ?? [],
    withDeadLetters: async (maxReceiveCount) => {
      const deadLetters = await create();
      const RedrivePolicy = JSON.stringify({
        deadLetterTargetArn: await arnOf(deadLetters),
        maxReceiveCount,
      });
      return { queue: await create({ VisibilityTimeout: '0', RedrivePolicy }), deadLetters };
    },
    clean: async () => {
      for (const QueueUrl of urls)
        await client()
          .send(new DeleteQueueCommand({ QueueUrl }))
          .catch(() => undefined);
    },
  };
};
