import { randomUUID } from 'node:crypto';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type EventBridgeClient,
  type PutEventsCommandOutput,
  type PutEventsRequestEntry,
  type PutRuleCommandInput,
  type Target,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** The clients under test; targets are seen through queues. */
export interface EventBridgeClients {
  events: EventBridgeClient;
  queues: SQSClient;
}

export interface TestQueue {
  url: string;
  arn: string;
}

/** The steps that the EventBridge tests are written in. */
export interface EventBridgeScenario {
  events: () => EventBridgeClient;
  /** A name nobody else has; also fit as the `source` of events. */
  unique: () => string;
  createBus: () => Promise<{ name: string; arn: string }>;
  createQueue: () => Promise<TestQueue>;
  /** Creates a rule and returns its ARN. */
  createRule: (input: PutRuleCommandInput, ...targets: Target[]) => Promise<string>;
  /** Puts one event with defaults for what is not given. */
  put: (entry: Partial<PutEventsRequestEntry>) => Promise<PutEventsCommandOutput>;
  /** Waits for `count` messages (ten seconds at most), takes them, and returns them; with 0 it takes what is there. */
  take: (queue: TestQueue, count: number) => Promise<Message[]>;
  /** The bodies of `take`, parsed. */
  takeEvents: (queue: TestQueue, count: number) => Promise<Record<string, unknown>[]>;
  clean: () => Promise<void>;
}

const policy = (arn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
      },
    ],
  });

const removeRule = async (
  events: EventBridgeClient,
  EventBusName: string | undefined,
  Name: string,
): Promise<void> => {
  const place = EventBusName === undefined ? {} : { EventBusName };
  const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name, ...place }));
  const Ids = Targets.map(({ Id }) => Id!);
  if (Ids.length > 0) await events.send(new RemoveTargetsCommand({ Rule: Name, Ids, ...place }));
  await events.send(new DeleteRuleCommand({ Name, ...place }));
};

const createQueue = async (queues: SQSClient): Promise<TestQueue> => {
  const QueueName = `conformance-${randomUUID()}`;
  const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const arn = (await queues.send(asked)).Attributes!.QueueArn!;
  await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy(arn) } }));
  return { url: QueueUrl!, arn };
};

const take = async (queues: SQSClient, { url }: TestQueue, count: number): Promise<Message[]> => {
  const messages: Message[] = [];
  const endMs = Date.now() + 10_000;
  do {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: count === 0 ? 0 : 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    for (const message of Messages) {
      messages.push(message);
      await queues.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle! }));
    }
  } while (messages.length < count && Date.now() < endMs);
  return messages;
};

export const makeScenario = (clients: () => EventBridgeClients): EventBridgeScenario => {
  const cleanups: (() => Promise<unknown>)[] = [];
  const unique = () => `conformance-${randomUUID()}`;
  return {
    events: () => clients().events,
    unique,
    createBus: async () => {
      const name = unique();
      const { EventBusArn } = await clients().events.send(new CreateEventBusCommand({ Name: name }));
      cleanups.push(() => clients().events.send(new DeleteEventBusCommand({ Name: name })));
      return { name, arn: EventBusArn! };
    },
    createQueue: async () => {
      const queue = await createQueue(clients().queues);
      cleanups.push(() => clients().queues.send(new DeleteQueueCommand({ QueueUrl: queue.url })));
      return queue;
    },
    createRule: async (input, ...Targets) => {
      const { RuleArn } = await clients().events.send(new PutRuleCommand(input));
      cleanups.push(() => removeRule(clients().events, input.EventBusName, input.Name!));
      const place = input.EventBusName === undefined ? {} : { EventBusName: input.EventBusName };
      if (Targets.length > 0)
        await clients().events.send(new PutTargetsCommand({ Rule: input.Name, Targets, ...place }));
      return RuleArn!;
    },
    put: (entry) =>
      clients().events.send(
        new PutEventsCommand({
          Entries: [{ Source: 'conformance', DetailType: 'test', Detail: '{}', ...entry }],
        }),
      ),
    take: (queue, count) => take(clients().queues, queue, count),
    takeEvents: async (queue, count) =>
      (await take(clients().queues, queue, count)).map(
        ({ Body }) => JSON.parse(Body!) as Record<string, unknown>,
      ),
    clean: async () => {
      for (const cleanup of cleanups.reverse()) await cleanup().catch(() => undefined);
    },
  };
};
