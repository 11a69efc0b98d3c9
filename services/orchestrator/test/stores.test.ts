import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeEvent, runCompletedV1 } from '@alluvium/contracts';
import { testRuntime } from '@alluvium/testkit';
import dynalite from 'dynalite';
import { dynamoDbJobs } from '../src/adapters/jobs-dynamodb.ts';
import { dynamoDbOperations } from '../src/adapters/operations-dynamodb.ts';
import { dynamoDbOutbox } from '../src/adapters/outbox-dynamodb.ts';
import { dynamoDbProgress } from '../src/adapters/progress-dynamodb.ts';
import type { Job } from '../src/domain/job.ts';
import type { JobStore, OperationStore, Outbox, ProgressStore } from '../src/ports.ts';
import { memoryJobs, memoryProgress } from './support/memory-stores.ts';

interface Stores {
  jobs: JobStore;
  operations: OperationStore;
  outbox: Outbox;
  progress: ProgressStore;
}

const TableName = 'orchestrator';
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;
let live: Stores;

// dynalite knows no transactions: two writes in turn, of which only the first has a condition, are the same here.
const withTransactions = (documents: DynamoDBDocumentClient): DynamoDBDocumentClient => {
  const send = documents.send.bind(documents) as (command: unknown) => Promise<unknown>;
  const inTurn = async (command: unknown): Promise<unknown> => {
    if (!(command instanceof TransactWriteCommand)) return send(command);
    for (const { Put: put } of command.input.TransactItems ?? []) {
      try {
        await send(new PutCommand(put!));
      } catch (error) {
        const CancellationReasons = [{ Code: (error as Error).name.replace('Exception', '') }];
        throw Object.assign(new Error('cancelled'), {
          name: 'TransactionCanceledException',
          CancellationReasons,
        });
      }
    }
    return {};
  };
  return Object.assign(documents, { send: inTurn });
};

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const keys = (prefix: string, names: [string, string]) => [
    { AttributeName: prefix + names[0], KeyType: 'HASH' as const },
    { AttributeName: prefix + names[1], KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'GSI1PK', 'GSI1SK', 'GSI2PK', 'GSI2SK'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: keys('', ['pk', 'sk']),
      GlobalSecondaryIndexes: [
        { IndexName: 'GSI1', KeySchema: keys('GSI1', ['PK', 'SK']), Projection: { ProjectionType: 'ALL' } },
        {
          ...{ IndexName: 'GSI2', KeySchema: keys('GSI2', ['PK', 'SK']) },
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = {
    client: withTransactions(documents),
    tableName: TableName,
    nowMs: () => Date.UTC(2026, 2, 1, 12),
  };
  live = {
    jobs: dynamoDbJobs(table),
    operations: dynamoDbOperations(table),
    outbox: dynamoDbOutbox(table),
    progress: dynamoDbProgress(table),
  };
});

afterAll(async () => {
  client.destroy();
  server.close();
  await once(server, 'close');
});

const STORES: [string, () => Stores][] = [
  ['memory', () => ({ ...memoryJobs(), progress: memoryProgress() })],
  ['DynamoDB', () => live],
];

const jobOf = (jobId: string, minute: number, more: Partial<Job> = {}): Job => {
  const createdAt = new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
  return { jobId, attempt: 1, collection: 'docs', createdAt, updatedAt: createdAt, ...more };
};

const { origin } = testRuntime('orchestrator');
const completed = (runId: string) => {
  const totals = { parts: 1, failedParts: 0, documents: 1, unchanged: 0, rejected: 0, chunks: 1 };
  const at = '2026-03-01T12:00:00.000Z';
  const run = { runId, attempt: 1, collection: 'docs', source: 'files', outcome: 'done' };
  return makeEvent(
    runCompletedV1,
    { ...run, totals, startedAt: at, completedAt: at },
    { correlationId: runId },
    origin,
  );
};

describe.each(STORES)('jobs in %s', (name, stores) => {
  const id = (letter: string): string => `${name.toLowerCase().slice(0, 1)}${letter.repeat(25)}`;

  it('are written by those who saw the last version', async () => {
    const { jobs } = stores();
    const job = jobOf(id('a'), 0);
    expect(await jobs.find(job.jobId)).toBeUndefined();
    expect(await jobs.save(job, undefined)).toBe(true);
    expect(await jobs.save(job, undefined)).toBe(false);
    const found = await jobs.find(job.jobId);
    expect(found?.job).toEqual(job);
    expect(await jobs.save({ ...job, total: 3 }, found?.version)).toBe(true);
    expect(await jobs.save({ ...job, total: 4 }, found?.version)).toBe(false);
    expect((await jobs.find(job.jobId))?.job.total).toBe(3);
  });

  it('keep an event with a change, and none without it', async () => {
    const { jobs, outbox } = stores();
    const [job, event] = [jobOf(id('b'), 1), completed(id('b'))];
    const later = '2027-01-01T00:00:00.000Z';
    expect(await jobs.save(job, undefined, [event])).toBe(true);
    expect(await jobs.save(job, undefined, [completed(id('b'))])).toBe(false);
    expect(await outbox.keptBefore('2026-01-01T00:00:00.000Z')).toEqual([]);
    expect(await outbox.keptBefore(later)).toEqual([event]);
    await outbox.remove(event);
    expect(await outbox.keptBefore(later)).toEqual([]);
  });

  it('are open until they have ended', async () => {
    const { jobs } = stores();
    const [open, ended] = [jobOf(id('o'), 0), jobOf(id('p'), 0)];
    await jobs.save(open, undefined);
    await jobs.save(ended, undefined);
    await jobs.save({ ...ended, outcome: 'done' }, 1);
    const found = await jobs.open();
    expect([found.includes(open.jobId), found.includes(ended.jobId)]).toEqual([true, false]);
  });

  it('are listed the newest first, in pages', async () => {
    const { jobs } = stores();
    const all = ['c', 'd', 'e'].map((letter, minute) => jobOf(id(letter), 10 + minute));
    for (const job of all) await jobs.save(job, undefined);
    const first = await jobs.newest(2);
    expect(first.jobs.map(({ jobId }) => jobId)).toEqual([id('e'), id('d')]);
    expect((await jobs.newest(1, first.last)).jobs.map(({ jobId }) => jobId)).toEqual([id('c')]);
  });
});

describe.each(STORES)('progress in %s', (name, stores) => {
  const run = { runId: name.toLowerCase().slice(0, 1).repeat(26), attempt: 1 };

  it('counts every part once', async () => {
    const { progress } = stores();
    const part = { stage: 'derived', parts: [3], counters: { documents: 2, rejected: 1 } } as const;
    for (let delivery = 0; delivery < 3; delivery += 1) await progress.close(run, { ...part, parts: [3] });
    const bucket = await progress.close(run, { ...part, parts: [4] });
    expect([...bucket.done].sort()).toEqual([3, 4]);
    expect(bucket.counters).toMatchObject({ documents: 4, rejected: 2 });
  });

  it('answers with the whole bucket, parts that failed included', async () => {
    const { progress } = stores();
    await progress.close(run, { stage: 'applied', parts: [256, 257] });
    await progress.fail(run, 'applied', 258);
    const bucket = await progress.close(run, { stage: 'applied', parts: [257, 259] });
    expect(bucket).toMatchObject({ stage: 'applied', index: 1 });
    expect([[...bucket.done].sort(), [...bucket.failed]]).toEqual([[256, 257, 259], [258]]);
  });

  it('tells attempts and buckets apart', async () => {
    const { progress } = stores();
    const [other, again] = [
      { ...run, attempt: 12 },
      { ...run, attempt: 2 },
    ];
    await progress.close(other, { stage: 'fetched', parts: [0] });
    await progress.close(other, { stage: 'fetched', parts: [300] });
    const found = await progress.buckets(other);
    expect(found.map(({ stage, index }) => [stage, index])).toEqual([
      ['fetched', 0],
      ['fetched', 1],
    ]);
    expect(await progress.buckets(again)).toEqual([]);
  });

  it('gives failures and rejects back in order of part', async () => {
    const { progress } = stores();
    const failure = (part: number) => ({ part, stage: 'chunk', error: { code: 'BAD', message: 'bad' } });
    const pointer = (key: string) => ({
      bucket: 'b',
      key,
      sha256: '0'.repeat(64),
      bytes: 1,
      contentSchema: 'reject.v1',
    });
    for (const part of [10, 9, 10]) {
      await progress.addFailure(run, failure(part));
      await progress.addRejects(run, part, pointer(`rejects/${part}`));
    }
    expect(await progress.failures(run)).toEqual([failure(9), failure(10)]);
    expect((await progress.rejects(run)).map(({ key }) => key)).toEqual(['rejects/9', 'rejects/10']);
  });
});
