import { startServers, type Servers } from '@alluvium/local';
import { chunkedDocumentV1, chunksCreatedV1, makeEvent, type OutgoingEvent } from '@alluvium/contracts';
import {
  documentClient,
  eventBridgeClient,
  liveObjects,
  s3Client,
  sqsClient,
  systemOrigin,
} from '@alluvium/lambda-kit';
import { delivered, sqsEvent, startFakeOpenAi, testContext, type FakeOpenAi } from '@alluvium/testkit';
import { decodeDelta, readObject, s3ObjectStore } from '@alluvium/vector-store';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  DescribeRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentOf, RUN } from './fixtures.ts';

const NAMES = {
  ...{ DATA_BUCKET: 'test-data', EVENT_BUS_NAME: 'test-bus', TABLE_NAME: 'test-table' },
  ...{ MODEL_ID: 'small', POLL_RULE: 'polls' },
};
const HEARD = 'heard';
const DAY_MS = 86_400_000;

let servers: Servers;
let api: FakeOpenAi;
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
  const EventPattern = JSON.stringify({ source: ['embed'] });
  await eventBridgeClient().send(new PutRuleCommand({ ...bus, Name: 'all', EventPattern }));
  const Targets = [{ Id: 'heard', Arn: `arn:aws:sqs:eu-west-1:000000000000:${HEARD}` }];
  await eventBridgeClient().send(new PutTargetsCommand({ ...bus, Rule: 'all', Targets }));
  const schedule = { Name: NAMES.POLL_RULE, ScheduleExpression: 'rate(15 minutes)' };
  await eventBridgeClient().send(new PutRuleCommand({ ...schedule, State: 'DISABLED' }));
};

const put = (Key: string, document: object): Promise<unknown> =>
  s3Client().send(new PutObjectCommand({ Bucket: NAMES.DATA_BUCKET, Key, Body: JSON.stringify(document) }));

beforeAll(async () => {
  [servers, api] = await Promise.all([startServers(), startFakeOpenAi({ startMs: Date.now() })]);
  const { s3, sqs, dynamodb, eventbridge } = servers.endpoints;
  // The clients are made on first use; the handlers wire themselves when they are imported below.
  Object.assign(process.env, {
    ...NAMES,
    POWERTOOLS_SERVICE_NAME: 'embed',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    ALLUVIUM_SECRET_OPENAI_API_KEY: api.key,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventbridge,
  });
  heardUrl = await createQueue(HEARD);
  process.env['DEAD_LETTER_QUEUE_URL'] = await createQueue('dead-letters');
  await s3Client().send(new CreateBucketCommand({ Bucket: NAMES.DATA_BUCKET }));
  await createTable();
  await createBus();
  const provider = { kind: 'openai-batch', model: 'm', baseUrl: api.baseUrl, secret: 'openai-api-key' };
  await put('models/small/manifest.json', {
    ...{ format: 'embedding-provider/1', id: 'small', dimensions: 8, max_tokens: 8192 },
    ...{ query_prefix: '', passage_prefix: '', provider },
  });
});

afterAll(async () => {
  for (const client of [s3Client(), sqsClient(), documentClient(), eventBridgeClient()]) client.destroy();
  await Promise.all([servers.close(), api.close()]);
});

const hear = async (): Promise<{ 'detail-type': string; detail: { data: Record<string, unknown> } }> => {
  const request = { QueueUrl: heardUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 10 };
  const { Messages: [message] = [] } = await sqsClient().send(new ReceiveMessageCommand(request));
  await sqsClient().send(
    new DeleteMessageCommand({ QueueUrl: heardUrl, ReceiptHandle: message?.ReceiptHandle }),
  );
  return JSON.parse(message?.Body ?? '{}') as Awaited<ReturnType<typeof hear>>;
};

const scheduleState = async (): Promise<string | undefined> =>
  (await eventBridgeClient().send(new DescribeRuleCommand({ Name: NAMES.POLL_RULE }))).State;

const chunksEvent = async (): Promise<OutgoingEvent> => {
  const documents = [documentOf('a.md', ['river', 'stone']), documentOf('gone.md', [], { deleted: true })];
  const chunks = await liveObjects().writeRecords(chunkedDocumentV1, 'chunks/docs/3.jsonl.gz', documents);
  const data = { ...RUN, records: 2, documents: 2, chunks };
  return makeEvent(chunksCreatedV1, data, { correlationId: RUN.runId }, systemOrigin('chunk', '0.1.0'));
};

describe('the wired handlers over the local servers and the API of a provider', () => {
  it('order a part once, poll it by a schedule that is on meanwhile, and store its delta', async () => {
    const { handler: onChunks } = await import('../src/handlers/on-chunks-created.ts');
    const { handler: onSchedule } = await import('../src/handlers/on-schedule.ts');
    const { handler: onPoll } = await import('../src/handlers/on-embedding-batch-poll-requested.ts');
    const event = delivered(await chunksEvent());
    for (let delivery = 0; delivery < 2; delivery += 1)
      expect(await onChunks(sqsEvent([event]), testContext())).toEqual({ batchItemFailures: [] });
    expect([api.batches().length, await scheduleState()]).toEqual([1, 'ENABLED']);
    for (let delivery = 0; delivery < 2; delivery += 1)
      expect((await hear())['detail-type']).toBe('embedding-batch.submitted.v1');

    api.advance(DAY_MS);
    await onSchedule({}, testContext());
    const poll = await hear();
    expect(poll['detail-type']).toBe('embedding-batch.poll-requested.v1');
    expect(await onPoll(sqsEvent([poll]), testContext())).toEqual({ batchItemFailures: [] });
    const created = await hear();
    expect(created['detail-type']).toBe('delta.created.v1');
    const { key } = created.detail.data['delta'] as { key: string };
    const store = s3ObjectStore({ client: s3Client(), bucket: NAMES.DATA_BUCKET });
    const { documents } = decodeDelta((await readObject(store, key))!.body);
    expect(documents.map(({ entityId, chunks }) => [entityId, chunks.length])).toEqual([
      ['a.md', 2],
      ['gone.md', 0],
    ]);
    expect(api.files()).toEqual([]);
  });
});
