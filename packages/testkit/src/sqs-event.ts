import type { OutgoingEvent } from '@alluvium/contracts';
import type { SQSEvent } from 'aws-lambda';

/** An event as a rule with a direct target delivers it. */
export const delivered = ({ source, detailType, detail }: OutgoingEvent) => ({
  version: '0',
  id: detail.metadata.eventId,
  'detail-type': detailType,
  source,
  account: '000000000000',
  time: detail.metadata.occurredAt,
  region: 'eu-west-1',
  resources: [],
  detail,
});

/** A batch of messages as Lambda reads it from a queue, each with one body. */
export const sqsEvent = (bodies: unknown[], receives = 1): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `message-${index}`,
    receiptHandle: `receipt-${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-west-1:000000000000:test',
    awsRegion: 'eu-west-1',
  })),
});
