import type { OperationTable } from '../common/aws-json.ts';
import {
  checkAttributes,
  COMPUTED_ATTRIBUTES,
  isKnownAttribute,
  mergeAttributes,
  type QueueAttributes,
} from './queue-attributes.ts';
import type { QueueBroker } from './queue-broker.ts';
import type { Queue } from './queue.ts';
import { MoveTasks, type StartMoveRequest } from './move-task.ts';
import { invalidAttributeName, missingParameter, purgeQueueInProgress } from './sqs-errors.ts';

interface QueueRequest {
  QueueUrl?: string;
}

interface PageRequest {
  MaxResults?: number;
  NextToken?: string;
}

const PURGE_INTERVAL_MS = 60_000;

/** The queue a request names; an empty or absent URL is its own error. */
export const queueOf = (broker: QueueBroker, { QueueUrl }: QueueRequest): Queue => {
  if (QueueUrl === undefined || QueueUrl === '') throw missingParameter('QueueUrl');
  return broker.get(QueueUrl);
};

const attributesOf = (queue: Queue, nowMs: number): QueueAttributes => {
  const { visible, inFlight, delayed } = queue.depth(nowMs);
  const { attributes, createdAtMs, modifiedAtMs } = queue.record;
  return {
    ...attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(modifiedAtMs / 1000)),
  };
};

const page = (urls: string[], { MaxResults, NextToken }: PageRequest) => {
  const start = NextToken === undefined ? 0 : urls.findIndex((url) => url > NextToken);
  const rest = start < 0 ? [] : urls.slice(start);
  const shown = rest.slice(0, MaxResults ?? 1000);
  return { shown, NextToken: shown.length < rest.length ? shown.at(-1) : undefined };
};

const lifecycle = (broker: QueueBroker, urlOf: (name: string) => string): OperationTable => ({
  CreateQueue: async (input: {
    QueueName?: string;
    Attributes?: QueueAttributes;
    tags?: Record<string, string>;
  }) => {
    if (input.QueueName === undefined) throw missingParameter('QueueName');
    const queue = await broker.create(input.QueueName, input.Attributes ?? {}, input.tags);
    return { QueueUrl: urlOf(queue.name) };
  },
  GetQueueUrl: ({ QueueName }: { QueueName?: string }) => {
    if (QueueName === undefined) throw missingParameter('QueueName');
    return { QueueUrl: urlOf(broker.get(QueueName).name) };
  },
  ListQueues: (input: PageRequest & { QueueNamePrefix?: string }) => {
    const names = broker.list().map(({ name }) => name);
    const wanted = names.filter((name) => name.startsWith(input.QueueNamePrefix ?? '')).sort();
    const { shown, NextToken } = page(wanted.map(urlOf), input);
    return {
      ...(shown.length === 0 ? {} : { QueueUrls: shown }),
      ...(NextToken === undefined ? {} : { NextToken }),
    };
  },
  DeleteQueue: async (input: QueueRequest) => {
    await broker.delete(queueOf(broker, input));
    return {};
  },
  PurgeQueue: async (input: QueueRequest) => {
    const queue = queueOf(broker, input);
    const nowMs = broker.clock.nowMs();
    if (nowMs - queue.purgedAtMs < PURGE_INTERVAL_MS) throw purgeQueueInProgress(queue.name);
    queue.purgedAtMs = nowMs;
    await broker.clear(queue);
    return {};
  },
});

const attributes = (broker: QueueBroker): OperationTable => ({
  GetQueueAttributes: (input: QueueRequest & { AttributeNames?: string[] }) => {
    const queue = queueOf(broker, input);
    const names = input.AttributeNames ?? [];
    for (const name of names) if (!isKnownAttribute(name)) throw invalidAttributeName(name);
    const all = Object.entries(attributesOf(queue, broker.clock.nowMs()));
    const wanted = all.filter(([name]) => names.includes('All') || names.includes(name));
    return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
  },
  SetQueueAttributes: async (input: QueueRequest & { Attributes?: QueueAttributes }) => {
    const queue = queueOf(broker, input);
    const changes = input.Attributes ?? {};
    for (const name of Object.keys(changes))
      if (COMPUTED_ATTRIBUTES.includes(name) || name === 'FifoQueue') throw invalidAttributeName(name);
    checkAttributes(changes, queue.isFifo, (arn) => broker.find(arn) !== undefined);
    queue.record.attributes = mergeAttributes(queue.record.attributes, changes);
    queue.record.modifiedAtMs = broker.clock.nowMs();
    await broker.saveRecord(queue);
    return {};
  },
  TagQueue: async (input: QueueRequest & { Tags?: Record<string, string> }) => {
    const queue = queueOf(broker, input);
    queue.record.tags = { ...queue.record.tags, ...input.Tags };
    await broker.saveRecord(queue);
    return {};
  },
  UntagQueue: async (input: QueueRequest & { TagKeys?: string[] }) => {
    const queue = queueOf(broker, input);
    const kept = Object.entries(queue.record.tags).filter(([name]) => !input.TagKeys?.includes(name));
    queue.record.tags = Object.fromEntries(kept);
    await broker.saveRecord(queue);
    return {};
  },
  ListQueueTags: (input: QueueRequest) => {
    const { tags } = queueOf(broker, input).record;
    return Object.keys(tags).length === 0 ? {} : { Tags: tags };
  },
});

const deadLetters = (broker: QueueBroker, urlOf: (name: string) => string): OperationTable => {
  const tasks = new MoveTasks(broker);
  return {
    ListDeadLetterSourceQueues: (input: QueueRequest & PageRequest) => {
      const { arn } = queueOf(broker, input);
      const sources = broker.list().filter((queue) => queue.redrivePolicy?.deadLetterTargetArn === arn);
      const { shown, NextToken } = page(sources.map(({ name }) => urlOf(name)).sort(), input);
      return { queueUrls: shown, ...(NextToken === undefined ? {} : { NextToken }) };
    },
    StartMessageMoveTask: (input: Partial<StartMoveRequest>) => {
      if (input.SourceArn === undefined) throw missingParameter('SourceArn');
      return { TaskHandle: tasks.start({ ...input, SourceArn: input.SourceArn }) };
    },
    CancelMessageMoveTask: ({ TaskHandle }: { TaskHandle?: string }) => {
      if (TaskHandle === undefined) throw missingParameter('TaskHandle');
      return { ApproximateNumberOfMessagesMoved: tasks.cancel(TaskHandle) };
    },
    ListMessageMoveTasks: ({ SourceArn, MaxResults = 1 }: { SourceArn?: string; MaxResults?: number }) => {
      if (SourceArn === undefined) throw missingParameter('SourceArn');
      return { Results: tasks.list(SourceArn, MaxResults) };
    },
  };
};

/** Everything about queues as such. `urlOf` gives the URL of a queue's name. */
export const queueOperations = (broker: QueueBroker, urlOf: (name: string) => string): OperationTable => ({
  ...lifecycle(broker, urlOf),
  ...attributes(broker),
  ...deadLetters(broker, urlOf),
});
