import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactionRequestedV1, makeEvent } from '@alluvium/contracts';
import { sqsDeadLetters, systemOrigin } from '@alluvium/lambda-kit';
import { startServers, type Servers } from '@alluvium/local';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runAlluvium } from './support/run-alluvium.ts';

const DEAD = 'alluvium-compactor-dev-DeadLetters-1A2B3C';
const WORK = 'alluvium-compactor-dev-Doorbell-4D5E6F';
const HEARD = 'alluvium-test-heard';
const arnOf = (name: string): string => `arn:aws:sqs:eu-west-1:000000000000:${name}`;
const { event } = (() => {
  const data = { collection: 'docs', requestId: 'by-hand' };
  const { source, detailType, detail } = makeEvent(
    compactionRequestedV1,
    data,
    { correlationId: 'run' },
    systemOrigin('orchestrator', '0.1.0'),
  );
  return { event: { source, 'detail-type': detailType, detail } };
})();

let folder: string;
let servers: Servers;
let sqs: SQSClient;
const urls: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alluvium-dlq-'));
  servers = await startServers();
  const { s3, sqs: sqsUrl, dynamodb, eventbridge } = servers.endpoints;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ region: 'eu-west-1', endpoint: sqsUrl, credentials });
  for (const QueueName of [DEAD, WORK, HEARD, 'alluvium-query-dev-dead-letters'])
    urls[QueueName] = (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(DEAD), maxReceiveCount: 1 });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: urls[WORK], Attributes: { RedrivePolicy } }));
  const events = new EventBridgeClient({ region: 'eu-west-1', endpoint: eventbridge, credentials });
  await events.send(new CreateEventBusCommand({ Name: 'test-bus' }));
  const rule = { Rule: 'all', EventBusName: 'test-bus' };
  const EventPattern = JSON.stringify({ source: ['orchestrator'] });
  await events.send(new PutRuleCommand({ Name: 'all', EventBusName: 'test-bus', EventPattern }));
  await events.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: 'heard', Arn: arnOf(HEARD) }] }));
  events.destroy();
  const connection = {
    ...{ api: 'http://127.0.0.1:9', bucket: 'none', eventBus: 'test-bus', region: 'eu-west-1' },
    awsEndpoints: {
      AWS_ENDPOINT_URL_S3: s3,
      AWS_ENDPOINT_URL_SQS: sqsUrl,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventbridge,
    },
  };
  await writeFile(join(folder, 'connection.json'), JSON.stringify(connection));
});

afterAll(async () => {
  sqs.destroy();
  await servers.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  // The dead letters last: looking into the other queue may move messages there.
  for (const QueueUrl of Object.values(urls).reverse()) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
});

const dlq = async (...args: string[]) => {
  process.env['ALLUVIUM_STATE'] = folder;
  const { code, stdout, stderr } = await runAlluvium(folder, ['dlq', ...args, '--json']);
  return { code, stderr, json: (stdout === '' ? undefined : JSON.parse(stdout)) as Record<string, unknown> };
};

const send = (name: string, MessageBody: string): Promise<unknown> =>
  sqs.send(new SendMessageCommand({ QueueUrl: urls[name], MessageBody }));

const receive = async (name: string): Promise<string[]> => {
  const request = { QueueUrl: urls[name], MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
  return ((await sqs.send(new ReceiveMessageCommand(request))).Messages ?? []).map(({ Body = '' }) => Body);
};

/** A message that its queue gave up. */
const failOften = async (body: string): Promise<void> => {
  await send(WORK, body);
  for (let tries = 0; tries < 2; tries += 1) await receive(WORK);
};

const kept = () => sqsDeadLetters({ client: sqs, queueUrl: urls[DEAD] ?? '' });
const invalid = new Error('It does not fit');

describe('alluvium dlq', () => {
  it('lists the queues of all services with the number of their messages', async () => {
    await failOften('a doorbell');
    const { code, json } = await dlq('ls');
    expect(code).toBe(0);
    expect(json['queues']).toMatchObject([
      { service: 'compactor', messages: 1, inFlight: 0 },
      { service: 'query', messages: 0 },
    ]);
  });

  it('shows what lies there and why, and leaves it there', async () => {
    await failOften(JSON.stringify({ collection: 'docs', indexPath: 'indexes/docs/' }));
    await kept().send(event, invalid);
    for (let times = 0; times < 2; times += 1) {
      const { json } = await dlq('show', 'compactor');
      const messages = json['messages'] as { what: string; errorCode: string }[];
      expect(messages.map(({ what, errorCode }) => [what, errorCode]).sort()).toEqual([
        ['compaction.requested.v1', 'INTERNAL'],
        ['doorbell', 'TRIED_TOO_OFTEN'],
      ]);
    }
  });

  it('puts a message back into the queue that gave it up, as it was', async () => {
    await failOften('a doorbell');
    expect(await dlq('redrive', 'compactor')).toMatchObject({ code: 0, json: { kept: [] } });
    expect(await receive(WORK)).toEqual(['a doorbell']);
    expect(await receive(DEAD)).toEqual([]);
  });

  it('puts what a function refused back into the queue from which it had it', async () => {
    await kept().send('no event', invalid, arnOf(WORK));
    await kept().send(event, invalid, arnOf(WORK));
    expect(await dlq('redrive', 'compactor')).toMatchObject({ code: 0 });
    const bodies = [...(await receive(WORK))].sort();
    expect(bodies).toEqual(['no event', JSON.stringify(event)].sort());
  });

  it('puts an event back on the bus that a rule gave to a function', async () => {
    const failed = { requestContext: { condition: 'RetriesExhausted' }, requestPayload: event };
    await send(DEAD, JSON.stringify(failed));
    expect(await dlq('redrive', 'compactor')).toMatchObject({ code: 0 });
    let heard: string[] = [];
    while (heard.length === 0) heard = await receive(HEARD);
    expect(JSON.parse(heard[0]!)).toMatchObject({
      detail: event.detail,
      'detail-type': event['detail-type'],
    });
  });

  it('keeps what tells of no origin, and says so', async () => {
    await send(DEAD, 'who knows');
    await send(DEAD, JSON.stringify({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }));
    const { code, json } = await dlq('redrive', 'compactor');
    expect(code).toBe(1);
    expect(json['redriven']).toEqual([]);
    expect(json['kept']).toMatchObject([{ why: expect.any(String) }, { why: expect.any(String) }]);
    expect(await receive(DEAD)).toHaveLength(2);
  });

  it('drops the messages that are named, and no other', async () => {
    await send(DEAD, 'one');
    await send(DEAD, 'two');
    const { json } = await dlq('show', 'compactor');
    const [{ id }] = json['messages'] as [{ id: string }];
    expect(await dlq('drop', 'compactor', id, '--yes')).toMatchObject({ code: 0, json: { dropped: [id] } });
    expect(await receive(DEAD)).toHaveLength(1);
  });

  it('asks before it drops, and drops nothing when nobody answers', async () => {
    await send(DEAD, 'one');
    const { code, stderr } = await dlq('drop', 'compactor');
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(await receive(DEAD)).toEqual(['one']);
  });

  it.each([
    ['a service that has no queue', ['show', 'nobody'], 'compactor, query'],
    ['a message that is not there', ['redrive', 'compactor', 'f00'], 'f00'],
  ])('does not find %s', async (_title, args, hint) => {
    const { code, stderr } = await dlq(...args);
    expect(code).toBe(3);
    expect(stderr).toContain(hint);
  });
});
