import { startServers, type Servers } from '@alluvium/local';
import {
  documentClient,
  eventBridgeClient,
  liveObjects,
  s3Client,
  sqsClient,
  systemOrigin,
} from '@alluvium/lambda-kit';
import { delivered, sqsEvent, testContext } from '@alluvium/testkit';
import { readHead, s3ObjectStore, verifySnapshot } from '@alluvium/vector-store';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeltaCreatedV1 } from '@alluvium/contracts';
import { createdEvent, deltaOf, INDEX_PATH, storeDelta } from './support/deltas.ts';

const NAMES = { DATA_BUCKET: 'test-data', EVENT_BUS_NAME: 'test-bus', TABLE_NAME: 'test-table' };
const HEARD = 'heard';

let servers: Servers;
let doorbellUrl: string;
let heardUrl: string;

const createQueue = async (QueueName: string): Promise<string> =>
  (await sqsClient().send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';

const createTable = async (): Promise<void> => {
  const keys = { pk: 'HASH', sk: 'RANGE' } as const;
  const command = new CreateTableCommand({
    TableName: NAMES.TABLE_NAME,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: Object.keys(keys).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: Object.entries(keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
  });
  await documentClient().send(command as never);
};

const createBus = async (): Promise<void> => {
  const bus = { EventBusName: NAMES.EVENT_BUS_NAME };
  await eventBridgeClient().send(new CreateEventBusCommand({ Name: NAMES.EVENT_BUS_NAME }));
  const EventPattern = JSON.stringify({ source: ['compactor'] });
  await eventBridgeClient().send(new PutRuleCommand({ ...bus, Name: 'all', EventPattern }));
  const Targets = [{ Id: 'heard', Arn: `arn:aws:sqs:eu-west-1:000000000000:${HEARD}` }];
  await eventBridgeClient().send(new PutTargetsCommand({ ...bus, Rule: 'all', Targets }));
};

beforeAll(async () => {
  servers = await startServers();
  const { s3, sqs, dynamodb, eventbridge } = servers.endpoints;
  // The clients are made on first use; the handlers wire themselves when they are imported below.
  Object.assign(process.env, {
    ...NAMES,
    POWERTOOLS_SERVICE_NAME: 'compactor',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    FAN_OUT_AFTER_DELTAS: '10',
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventbridge,
  });
  doorbellUrl = await createQueue('doorbell');
  heardUrl = await createQueue(HEARD);
  process.env['DOORBELL_QUEUE_URL'] = doorbellUrl;
  process.env['DEAD_LETTER_QUEUE_URL'] = await createQueue('dead-letters');
  await s3Client().send(new CreateBucketCommand({ Bucket: NAMES.DATA_BUCKET }));
  await createTable();
  await createBus();
});

afterAll(async () => {
  for (const client of [s3Client(), sqsClient(), documentClient(), eventBridgeClient()]) client.destroy();
  await servers.close();
});

const receive = async (QueueUrl: string): Promise<string[]> => {
  const request = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 };
  const { Messages = [] } = await sqsClient().send(new ReceiveMessageCommand(request));
  for (const { ReceiptHandle } of Messages)
    await sqsClient().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => Body);
};

const arriveAll = async (count: number, first = 0): Promise<DeltaCreatedV1['data'][]> => {
  const { handler } = await import('../src/handlers/on-delta-created.ts');
  const all: DeltaCreatedV1['data'][] = [];
  for (let part = first; part < first + count; part += 1) {
    const bytes = part === 1 ? Buffer.alloc(0) : undefined;
    all.push(await storeDelta(liveObjects(), deltaOf(part), bytes));
  }
  const origin = systemOrigin('embed', '0.1.0');
  const events = all.map((data) => delivered(createdEvent(data, origin)));
  await handler(sqsEvent(events), testContext());
  return all;
};

describe('the wired handlers over the local servers', () => {
  it('settle deltas from their events to a snapshot that is announced', async () => {
    await arriveAll(4);
    const { handler: onSchedule } = await import('../src/handlers/on-schedule.ts');
    const { handler: onDoorbell } = await import('../src/handlers/on-doorbell.ts');
    await onSchedule({}, testContext());
    const doorbells = await receive(doorbellUrl);
    const context = { ...testContext(), getRemainingTimeInMillis: () => 900_000 };
    expect(await onDoorbell(sqsEvent(doorbells), context)).toEqual({ batchItemFailures: [] });
    const store = s3ObjectStore({ client: s3Client(), bucket: NAMES.DATA_BUCKET });
    expect((await readHead(store, INDEX_PATH))?.head).toMatchObject({ version: 1, counts: { documents: 3 } });
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
    const heard: string[] = [];
    while (heard.length < 2) heard.push(...(await receive(heardUrl)));
    const types = heard.map((body) => (JSON.parse(body) as { 'detail-type': string })['detail-type']);
    expect(types.sort()).toEqual(['delta.rejected.v1', 'snapshot.published.v1']);
  });

  it('merge a backlog by events before they publish it', async () => {
    for (const first of [10, 20]) await arriveAll(10, first);
    const { handler: onDoorbell } = await import('../src/handlers/on-doorbell.ts');
    const { handler: onMergeRequested } = await import('../src/handlers/on-merge-requested.ts');
    const { handler: onMergeCompleted } = await import('../src/handlers/on-merge-completed.ts');
    const context = { ...testContext(), getRemainingTimeInMillis: () => 900_000 };
    const answerDoorbell = async (): Promise<void> => {
      const body = JSON.stringify({ collection: 'docs', indexPath: INDEX_PATH });
      expect(await onDoorbell(sqsEvent([body]), context)).toEqual({ batchItemFailures: [] });
    };
    const hear = async (count: number): Promise<string[]> => {
      const bodies: string[] = [];
      while (bodies.length < count) bodies.push(...(await receive(heardUrl)));
      return bodies;
    };
    await answerDoorbell();
    for (const handler of [onMergeRequested, onMergeCompleted])
      expect(await handler(sqsEvent(await hear(2)), context)).toEqual({ batchItemFailures: [] });
    await answerDoorbell();
    const store = s3ObjectStore({ client: s3Client(), bucket: NAMES.DATA_BUCKET });
    expect((await readHead(store, INDEX_PATH))?.head).toMatchObject({
      version: 2,
      counts: { documents: 23 },
    });
    expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
  });
});
