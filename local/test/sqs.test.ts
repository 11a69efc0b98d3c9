import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sqsConformance } from '@alluvium/testkit/sqs-conformance';
import { startSqs, type SqsServer } from '../src/sqs/sqs-server.ts';
import { makeManualClock, type ManualClock } from './sqs-manual-clock.ts';

const clientOf = (endpoint: string): SQSClient =>
  new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'sqs-'));

const connectTo = async (directory?: string) => {
  const server = await startSqs(directory === undefined ? {} : { directory });
  const client = clientOf(server.endpoint);
  return {
    client,
    close: async () => {
      client.destroy();
      await server.close();
      if (directory !== undefined) await rm(directory, { recursive: true });
    },
  };
};

sqsConformance('SQS in memory', () => connectTo());
sqsConformance('SQS in a directory', async () => connectTo(await temporary()));

const arnOf = (name: string): string => `arn:aws:sqs:us-east-1:000000000000:${name}`;

const create = async (server: SqsServer, QueueName: string, Attributes: Record<string, string> = {}) => {
  const client = clientOf(server.endpoint);
  await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  client.destroy();
  return arnOf(QueueName);
};

describe('time in SQS', () => {
  let clock: ManualClock;
  let server: SqsServer;

  beforeEach(async () => {
    clock = makeManualClock();
    server = await startSqs({ clock });
  });
  afterEach(() => server.close());

  const now = { max: 10, waitMs: 0 };

  it('drops a message at the end of the retention period', async () => {
    const queue = await create(server, 'q', { MessageRetentionPeriod: '60' });
    await server.queues.send(queue, 'old');
    clock.advance(60_000);
    expect(server.queues.depth(queue)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    expect(await server.queues.receive(queue, now)).toEqual([]);
  });

  it('shows a delayed message at the end of its delay', async () => {
    const queue = await create(server, 'q');
    await server.queues.send(queue, 'later', { delaySeconds: 900 });
    clock.advance(899_999);
    expect(server.queues.depth(queue)).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
    clock.advance(1);
    expect(await server.queues.receive(queue, now)).toHaveLength(1);
  });

  it('wakes a waiting receive when a visibility timeout ends', async () => {
    const queue = await create(server, 'q');
    await server.queues.send(queue, 'one');
    await server.queues.receive(queue, { ...now, visibilityTimeoutSeconds: 30 });
    const waiting = server.queues.receive(queue, { max: 1, waitMs: 60_000 });
    await new Promise(setImmediate);
    clock.advance(30_000);
    expect((await waiting)[0]?.attributes.ApproximateReceiveCount).toBe('2');
  });

  it('ends a wait with nothing when the time is over or the caller gives up', async () => {
    const queue = await create(server, 'q');
    const waiting = server.queues.receive(queue, { max: 1, waitMs: 20_000 });
    const hangUp = new AbortController();
    const abandoned = server.queues.receive(queue, { max: 1, waitMs: 20_000, signal: hangUp.signal });
    await new Promise(setImmediate);
    hangUp.abort();
    expect(await abandoned).toEqual([]);
    clock.advance(20_000);
    expect(await waiting).toEqual([]);
  });

  it('keeps a message hidden for as long as its visibility is extended', async () => {
    const queue = await create(server, 'q');
    await server.queues.send(queue, 'one');
    const [record] = await server.queues.receive(queue, { ...now, visibilityTimeoutSeconds: 30 });
    await server.queues.changeVisibility(queue, record!.receiptHandle, 600);
    clock.advance(599_000);
    expect(await server.queues.receive(queue, now)).toEqual([]);
    clock.advance(1_000);
    expect(await server.queues.receive(queue, now)).toHaveLength(1);
  });

  it('forgets a deduplication id after five minutes', async () => {
    const queue = await create(server, 'q.fifo', { FifoQueue: 'true' });
    const once = { groupId: 'g', deduplicationId: 'd' };
    const first = await server.queues.send(queue, 'one', once);
    expect(await server.queues.send(queue, 'one', once)).toBe(first);
    clock.advance(300_000);
    expect(await server.queues.send(queue, 'one', once)).not.toBe(first);
  });

  it('expires in-flight receipts of a FIFO queue when the message is received again', async () => {
    const queue = await create(server, 'q.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await server.queues.send(queue, 'one', { groupId: 'g' });
    const [old] = await server.queues.receive(queue, now);
    clock.advance(30_000);
    await server.queues.receive(queue, now);
    await expect(server.queues.delete(queue, [old!.receiptHandle])).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    });
  });
});

describe('the queue service', () => {
  let server: SqsServer;

  beforeAll(async () => {
    server = await startSqs();
  });
  afterAll(() => server.close());

  it('hands out records in the shape Lambda gives its functions', async () => {
    const queue = await create(server, 'records');
    const attributes = { kind: { DataType: 'String', StringValue: 'test' } };
    const messageId = await server.queues.send(queue, 'hello', { attributes });
    expect(await server.queues.receive(queue, { max: 1, waitMs: 0 })).toEqual([
      {
        messageId,
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: '000000000000',
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { stringValue: 'test', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        md5OfBody: '5d41402abc4b2a76b9719d911017c592',
        md5OfMessageAttributes: expect.any(String),
        eventSource: 'aws:sqs',
        eventSourceARN: queue,
        awsRegion: 'us-east-1',
      },
    ]);
  });

  it('releases what a dead consumer held', async () => {
    const queue = await create(server, 'release');
    await server.queues.send(queue, 'one');
    await server.queues.receive(queue, { max: 1, waitMs: 0 });
    expect(server.queues.depth(queue)).toEqual({ visible: 0, inFlight: 1, delayed: 0 });
    expect(await server.queues.releaseInFlight(queue)).toBe(1);
    expect(server.queues.depth(queue)).toEqual({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it('reports an absent queue by code', async () => {
    await expect(server.queues.send(arnOf('absent'), 'x')).rejects.toMatchObject({
      code: 'QUEUE_DOES_NOT_EXIST',
    });
    expect(server.queues.exists(arnOf('absent'))).toBe(false);
  });

  it('gives each of many messages to one receiver only', async () => {
    const queue = await create(server, 'many');
    await Promise.all(Array.from({ length: 500 }, (_, index) => server.queues.send(queue, String(index))));
    const batches = await Promise.all(
      Array.from({ length: 60 }, () => server.queues.receive(queue, { max: 10, waitMs: 0 })),
    );
    const bodies = batches.flat().map(({ body }) => body);
    expect(new Set(bodies).size).toBe(500);
    expect(bodies).toHaveLength(500);
  });
});

describe('SQS in a directory', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await temporary();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('opens again with its queues, messages, receives and deduplications', async () => {
    const before = await startSqs({ directory });
    const queue = await create(before, 'kept', { VisibilityTimeout: '600' });
    const fifo = await create(before, 'kept.fifo', { FifoQueue: 'true' });
    await before.queues.send(queue, 'in flight');
    await before.queues.receive(queue, { max: 1, waitMs: 0 });
    await before.queues.send(queue, 'visible');
    const first = await before.queues.send(fifo, 'x', { groupId: 'g', deduplicationId: 'd' });
    await before.close();

    const after = await startSqs({ directory });
    expect(after.queues.depth(queue)).toEqual({ visible: 1, inFlight: 1, delayed: 0 });
    expect(await after.queues.send(fifo, 'x', { groupId: 'g', deduplicationId: 'd' })).toBe(first);
    await after.queues.releaseInFlight(queue);
    const records = await after.queues.receive(queue, { max: 10, waitMs: 0 });
    expect(records.map(({ body }) => body).sort()).toEqual(['in flight', 'visible']);
    await after.close();
  });

  it('loses no acknowledged message to kill -9', async () => {
    const script = `
      import { startSqs } from ${JSON.stringify(new URL('../src/sqs/sqs-server.ts', import.meta.url).href)};
      const server = await startSqs({ directory: ${JSON.stringify(directory)} });
      process.stdout.write(server.endpoint);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (text: Buffer) => resolve(text.toString()));
      child.once('exit', () => reject(new Error('The server did not start.')));
    });
    const client = clientOf(endpoint);
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'killed' }));
    const acknowledged: string[] = [];
    const sendUntilDead = async (prefix: string) => {
      for (let index = 0; ; index++) {
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody: `${prefix}${index}` }));
        acknowledged.push(`${prefix}${index}`);
        if (acknowledged.length === 200) child.kill('SIGKILL');
      }
    };
    await Promise.allSettled(['a', 'b', 'c', 'd'].map(sendUntilDead));
    client.destroy();

    const server = await startSqs({ directory });
    const records = await server.queues.receive(arnOf('killed'), { max: 10_000, waitMs: 0 });
    const bodies = new Set(records.map(({ body }) => body));
    expect(acknowledged.filter((body) => !bodies.has(body))).toEqual([]);
    await server.close();
  });
});
