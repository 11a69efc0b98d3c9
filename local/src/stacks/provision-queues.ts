import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  type QueueAttributeName,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { ResolvedResource } from './resolve-stacks.ts';
import type { Json } from './template.ts';

/** Properties that are attributes of the same name. */
const ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const satisfies QueueAttributeName[];

/** Documents and booleans in JSON, numbers and texts as they are. */
const attributeText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const attributesOf = ({ properties }: ResolvedResource): Partial<Record<QueueAttributeName, string>> =>
  Object.fromEntries(
    ATTRIBUTES.flatMap((name) => {
      const value = properties[name];
      return value === undefined ? [] : [[name, attributeText(value)]];
    }),
  );

const ensureQueue = async (sqs: SQSClient, { attributes, properties }: ResolvedResource): Promise<void> => {
  const QueueName = attributes.QueueName ?? '';
  try {
    await sqs.send(new GetQueueUrlCommand({ QueueName }));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'QueueDoesNotExist')) throw error;
    const Attributes = properties.FifoQueue === true ? { FifoQueue: 'true' } : {};
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  }
};

/** Makes the queues that are missing and sets the attributes of all. Messages stay. */
export const provisionQueues = async (sqs: SQSClient, queues: ResolvedResource[]): Promise<void> => {
  // a redrive policy may only name a queue that exists
  for (const queue of queues) await ensureQueue(sqs, queue);
  for (const queue of queues) {
    const Attributes = attributesOf(queue);
    if (Object.keys(Attributes).length > 0)
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.ref, Attributes }));
  }
};
