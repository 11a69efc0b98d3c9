import type { OutgoingEvent } from '@alluvium/contracts';
import type { Message } from '@aws-sdk/client-sqs';

/** Where a message goes when it is given another try; `nowhere` tells why it cannot. */
export type Destination =
  | { kind: 'queue'; arn: string; body: string }
  | { kind: 'bus'; event: OutgoingEvent }
  | { kind: 'nowhere'; why: string };

/** A message of a dead-letter queue. */
export interface DeadLetter {
  id: string;
  /** ISO 8601: when it was first sent. */
  sentAt: string;
  /** Its detail-type, or what else it is. */
  what: string;
  errorCode: string;
  errorMessage: string;
  body: string;
  destination: Destination;
  message: Message;
}

/** What Lambda leaves of an asynchronous invocation that failed for good. */
interface FailedInvocation {
  requestPayload: unknown;
  requestContext?: { functionArn?: string; condition?: string };
  responsePayload?: { errorType?: string; errorMessage?: string };
}

interface Event {
  source: string;
  'detail-type': string;
  detail: OutgoingEvent['detail'];
}

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
};

const isFailedInvocation = (value: unknown): value is FailedInvocation =>
  typeof value === 'object' && value !== null && 'requestPayload' in value;

const isEvent = (value: unknown): value is Event => {
  const { source, 'detail-type': detailType, detail } = (value ?? {}) as Partial<Event>;
  return typeof source === 'string' && typeof detailType === 'string' && typeof detail === 'object';
};

const attributeOf = ({ MessageAttributes = {} }: Message, name: string): string | undefined =>
  MessageAttributes[name]?.StringValue;

const queueArnIn = (arn: string | undefined): string | undefined =>
  arn?.split(':')[2] === 'sqs' ? arn : undefined;

const toBus = (content: unknown): Destination => {
  const event = isFailedInvocation(content) ? content.requestPayload : content;
  if (!isEvent(event)) return { kind: 'nowhere', why: 'it does not tell where it came from' };
  const { source, 'detail-type': detailType, detail } = event;
  if (source.startsWith('aws.'))
    return { kind: 'nowhere', why: `only AWS may send events of ${source}; the next one comes by itself` };
  // An event without its envelope would fail again, with nobody to tell why.
  if ((detail as Partial<Event['detail']>).metadata?.occurredAt === undefined)
    return { kind: 'nowhere', why: 'it is no event of ours' };
  return { kind: 'bus', event: { source, detailType, detail } };
};

// A queue that gave up, a rule that could not deliver, a function that refused: each tells in its own way where it was.
const destinationOf = (message: Message, content: unknown): Destination => {
  const { Attributes: { DeadLetterQueueSourceArn } = {}, Body: body = '' } = message;
  const given = DeadLetterQueueSourceArn ?? queueArnIn(attributeOf(message, 'TARGET_ARN'));
  if (given !== undefined) return { kind: 'queue', arn: given, body };
  const origin = queueArnIn(attributeOf(message, 'ORIGIN_ARN'));
  if (origin === undefined) return toBus(content);
  // What was no event was kept as a JSON text.
  return { kind: 'queue', arn: origin, body: typeof content === 'string' ? content : body };
};

const whatIs = (content: unknown): string => {
  const event = isFailedInvocation(content) ? content.requestPayload : content;
  if (isEvent(event)) return event['detail-type'];
  return typeof event === 'object' && event !== null && 'indexPath' in event ? 'doorbell' : 'message';
};

interface Cause {
  errorCode: string;
  errorMessage: string;
}

const causeOfInvocation = ({ responsePayload = {}, requestContext = {} }: FailedInvocation): Cause => ({
  errorCode: responsePayload.errorType ?? requestContext.condition ?? 'UNKNOWN',
  errorMessage: responsePayload.errorMessage ?? '',
});

// In the order in which they tell most.
const causeOf = (message: Message, content: unknown): Cause => {
  const errorCode = attributeOf(message, 'ERROR_CODE');
  if (errorCode !== undefined)
    return { errorCode, errorMessage: attributeOf(message, 'ERROR_MESSAGE') ?? '' };
  if (isFailedInvocation(content)) return causeOfInvocation(content);
  if (message.Attributes?.DeadLetterQueueSourceArn === undefined)
    return { errorCode: 'UNKNOWN', errorMessage: '' };
  const errorMessage = 'it failed as often as its queue allows; the log of its function tells why';
  return { errorCode: 'TRIED_TOO_OFTEN', errorMessage };
};

/** A received message as a person wants to see it. */
export const deadLetterOf = (message: Message): DeadLetter => {
  const { MessageId: id = '', Body: body = '' } = message;
  const content = parse(body);
  return {
    ...{ id, body, message },
    sentAt: new Date(Number(message.Attributes?.['SentTimestamp'] ?? 0)).toISOString(),
    what: whatIs(content),
    ...causeOf(message, content),
    destination: destinationOf(message, content),
  };
};
