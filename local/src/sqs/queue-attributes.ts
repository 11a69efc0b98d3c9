import { invalidAttributeName, invalidAttributeValue, invalidParameter, invalidValue } from './sqs-errors.ts';

export type QueueAttributes = Record<string, string>;

/** A redrive policy: after `maxReceiveCount` receives the next one moves the message to `deadLetterTargetArn`. */
export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/** The message size AWS has allowed since August 2025. */
export const MAX_MESSAGE_BYTES = 1_048_576;

const DEFAULTS: QueueAttributes = {
  VisibilityTimeout: '30',
  MaximumMessageSize: String(MAX_MESSAGE_BYTES),
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
  SqsManagedSseEnabled: 'true',
};

const FIFO_DEFAULTS: QueueAttributes = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};

const RANGES: Record<string, [least: number, most: number]> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1024, MAX_MESSAGE_BYTES],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const CHOICES: Record<string, string[]> = {
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
  SqsManagedSseEnabled: ['true', 'false'],
};

const FREE = ['KmsMasterKeyId'];
const DOCUMENTS = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy'];
const SETTABLE = new Set([...Object.keys(RANGES), ...Object.keys(CHOICES), ...FREE, ...DOCUMENTS]);
const FIFO_ONLY = new Set(Object.keys(FIFO_DEFAULTS));

/** Attributes that only GetQueueAttributes knows. */
export const COMPUTED_ATTRIBUTES = [
  'QueueArn',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
];

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

/** The redrive policy written in the attributes, or undefined when there is none. */
export const redrivePolicyOf = (attributes: QueueAttributes): RedrivePolicy | undefined => {
  const policy = parseObject(attributes.RedrivePolicy ?? '');
  if (policy === undefined) return undefined;
  return {
    deadLetterTargetArn: String(policy.deadLetterTargetArn),
    maxReceiveCount: Number(policy.maxReceiveCount),
  };
};

const checkRedrivePolicy = (text: string, exists: (queueArn: string) => boolean): void => {
  const policy = redrivePolicyOf({ RedrivePolicy: text });
  const refuse = (reason: string) => invalidValue('RedrivePolicy', text, reason);
  if (policy === undefined) throw refuse('Redrive policy is not a valid JSON map.');
  const { deadLetterTargetArn, maxReceiveCount } = policy;
  if (!Number.isInteger(maxReceiveCount) || maxReceiveCount < 1 || maxReceiveCount > 1000)
    throw refuse('Invalid value for maxReceiveCount: must be between 1 and 1000.');
  if (!exists(deadLetterTargetArn)) throw refuse('Dead letter target does not exist.');
};

const checkOne = (name: string, value: string): void => {
  const range = RANGES[name];
  if (range !== undefined && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]))
    throw invalidAttributeValue(name);
  if (CHOICES[name] !== undefined && !CHOICES[name].includes(value)) throw invalidAttributeValue(name);
  if (DOCUMENTS.includes(name) && value !== '' && parseObject(value) === undefined)
    throw invalidAttributeValue(name);
};

/** Refuses unknown names, values out of range, and attributes that the kind of queue does not have. */
export const checkAttributes = (
  attributes: QueueAttributes,
  fifo: boolean,
  exists: (queueArn: string) => boolean,
): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.has(name) || (FIFO_ONLY.has(name) && !fifo)) throw invalidAttributeName(name);
    checkOne(name, value);
  }
  if (attributes.RedrivePolicy) checkRedrivePolicy(attributes.RedrivePolicy, exists);
};

/** A FIFO queue says so twice: in its name and in its attributes. */
export const checkQueueName = (name: string, attributes: QueueAttributes): void => {
  const fifo = name.endsWith('.fifo');
  if (!/^[A-Za-z0-9_-]+$/.test(fifo ? name.slice(0, -5) : name) || name.length > 80)
    throw invalidParameter(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  if (fifo !== (attributes.FifoQueue === 'true'))
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
};

export const withDefaults = (attributes: QueueAttributes): QueueAttributes =>
  mergeAttributes({ ...DEFAULTS, ...(attributes.FifoQueue === 'true' ? FIFO_DEFAULTS : {}) }, attributes);

/** New values over old ones; an empty document or key removes the attribute. */
export const mergeAttributes = (current: QueueAttributes, changes: QueueAttributes): QueueAttributes =>
  Object.fromEntries(Object.entries({ ...current, ...changes }).filter(([, value]) => value !== ''));

/** The first attribute asked for that differs from the queue's; documents are compared by content. */
export const differingAttribute = (current: QueueAttributes, asked: QueueAttributes): string | undefined => {
  const canonical = (name: string, value = '') =>
    DOCUMENTS.includes(name) && value !== '' ? JSON.stringify(parseObject(value)) : value;
  return Object.keys(asked).find((name) => canonical(name, asked[name]) !== canonical(name, current[name]));
};

/** Whether GetQueueAttributes may be asked for `name`. */
export const isKnownAttribute = (name: string): boolean =>
  name === 'All' || SETTABLE.has(name) || COMPUTED_ATTRIBUTES.includes(name);
