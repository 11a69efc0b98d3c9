import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoDbConformance } from '@alluvium/testkit/dynamodb-conformance';
import { connectLocal, makeClient, makeStillClock } from './dynamodb-helpers.ts';

let root: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dynamodb-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

dynamoDbConformance('in memory', () => connectLocal());
dynamoDbConformance('on disk', () => connectLocal({ directory: join(root, 'conformance') }));

const createTable = (client: DynamoDBClient, TableName: string) =>
  client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );

const allItems = async (client: DynamoDBClient, TableName: string) =>
  (await DynamoDBDocumentClient.from(client).send(new ScanCommand({ TableName }))).Items ?? [];

const putItem = (client: DynamoDBClient, TableName: string, item: Record<string, unknown>) =>
  DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName, Item: item }));

describe('on disk', () => {
  it('keeps tables, items, settings and request tokens over a restart', async () => {
    const directory = join(root, 'restart');
    const first = await connectLocal({ directory });
    await createTable(first.client, 'kept');
    const transaction = () =>
      new TransactWriteCommand({
        ClientRequestToken: 'the-same-one',
        TransactItems: [
          {
            Update: {
              TableName: 'kept',
              Key: { id: 'counter' },
              UpdateExpression: 'ADD n :one',
              ExpressionAttributeValues: { ':one': 1 },
            },
          },
        ],
      });
    await DynamoDBDocumentClient.from(first.client).send(transaction());
    const ttl = { Enabled: true, AttributeName: 'expires' };
    await first.client.send(new UpdateTimeToLiveCommand({ TableName: 'kept', TimeToLiveSpecification: ttl }));
    await first.close();

    const second = await connectLocal({ directory });
    await DynamoDBDocumentClient.from(second.client).send(transaction());
    expect(await allItems(second.client, 'kept')).toEqual([{ id: 'counter', n: 1 }]);
    const { TimeToLiveDescription } = await second.client.send(
      new DescribeTimeToLiveCommand({ TableName: 'kept' }),
    );
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
    await second.close();
  });

  it('loses no acknowledged write when it is killed', async () => {
    const directory = join(root, 'killed');
    const script = new URL('dynamodb-process.ts', import.meta.url).pathname;
    const server = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(server);
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const client = makeClient(line.toString().trim());
    await createTable(client, 'killed');
    const acknowledged: string[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let n = 0; n < 10_000; n += 1) {
        await putItem(client, 'killed', { id: `${writer}-${n}` });
        acknowledged.push(`${writer}-${n}`);
      }
    };
    const writers = Promise.allSettled([0, 1, 2, 3].map(write));
    while (acknowledged.length < 100) await sleep(5);
    server.kill('SIGKILL');
    await writers;
    client.destroy();

    const again = await connectLocal({ directory });
    const ids = new Set((await allItems(again.client, 'killed')).map(({ id }) => id as string));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    await again.close();
  });
});

describe('time to live', () => {
  it('deletes what has expired, and only that', async () => {
    const nowMs = Date.UTC(2030, 0, 1);
    const clock = makeStillClock(nowMs);
    const { client, close } = await connectLocal({ clock });
    await createTable(client, 'sessions');
    const ttl = { Enabled: true, AttributeName: 'ttl' };
    await client.send(new UpdateTimeToLiveCommand({ TableName: 'sessions', TimeToLiveSpecification: ttl }));
    const nowS = nowMs / 1000;
    for (const [id, expiry] of [
      ['soon', nowS + 10],
      ['later', nowS + 3600],
      ['text', String(nowS)],
      ['ancient', 1],
    ] as const) {
      await putItem(client, 'sessions', { id, ttl: expiry });
    }
    clock.advance(60_000);
    let items = await allItems(client, 'sessions');
    while (items.length > 3) items = await allItems(client, 'sessions');
    expect(items.map(({ id }) => id as string).sort()).toEqual(['ancient', 'later', 'text']);
    await close();
  });
});

describe('tables', () => {
  it('fills a new global index from the items that are there, and drops it again', async () => {
    const { client, close } = await connectLocal();
    await createTable(client, 'grown');
    await putItem(client, 'grown', { id: 'a', kind: 'x' });
    await putItem(client, 'grown', { id: 'b' });
    await putItem(client, 'grown', { id: 'c', kind: 7 });
    const { TableDescription } = await client.send(
      new UpdateTableCommand({
        TableName: 'grown',
        AttributeDefinitions: [{ AttributeName: 'kind', AttributeType: 'S' }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: 'by-kind',
              KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'KEYS_ONLY' },
            },
          },
        ],
      }),
    );
    expect(TableDescription?.GlobalSecondaryIndexes).toMatchObject([{ IndexName: 'by-kind' }]);
    await putItem(client, 'grown', { id: 'd', kind: 'x', more: 1 });
    const { Items } = await DynamoDBDocumentClient.from(client).send(
      new QueryCommand({
        TableName: 'grown',
        IndexName: 'by-kind',
        KeyConditionExpression: 'kind = :x',
        ExpressionAttributeValues: { ':x': 'x' },
      }),
    );
    expect(Items?.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'a', kind: 'x' },
      { id: 'd', kind: 'x' },
    ]);
    const drop = { Delete: { IndexName: 'by-kind' } };
    await client.send(new UpdateTableCommand({ TableName: 'grown', GlobalSecondaryIndexUpdates: [drop] }));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'grown' }));
    expect(Table?.GlobalSecondaryIndexes).toBeUndefined();
    await close();
  });

  it('is empty when it is made again after a deletion', async () => {
    const { client, close } = await connectLocal();
    await createTable(client, 'again');
    await putItem(client, 'again', { id: 'a' });
    await client.send(new DeleteTableCommand({ TableName: 'again' }));
    await createTable(client, 'again');
    expect(await allItems(client, 'again')).toEqual([]);
    await close();
  });

  it('switches between billing modes', async () => {
    const { client, close } = await connectLocal();
    await createTable(client, 'billed');
    const throughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
    await client.send(
      new UpdateTableCommand({
        TableName: 'billed',
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: throughput,
      }),
    );
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'billed' }));
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', ProvisionedThroughput: throughput });
    await close();
  });
});

describe('the front', () => {
  it('answers no page of another site, no unsigned call and no unknown operation', async () => {
    const { client, close } = await connectLocal();
    const { hostname, port } = await client.config.endpoint!();
    const call = (headers: Record<string, string>) =>
      fetch(`http://${hostname}:${String(port)}/`, { method: 'POST', body: '{}', headers });
    expect((await call({ origin: 'https://evil.example' })).status).toBe(403);
    const unsigned = await call({ 'x-amz-target': 'DynamoDB_20120810.ListTables' });
    expect(await unsigned.json()).toMatchObject({
      __type: expect.stringContaining('#MissingAuthenticationTokenException') as unknown as string,
    });
    const unknown = await call({ 'x-amz-target': 'DynamoDB_20120810.Nope' });
    expect(await unknown.json()).toEqual({
      __type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'Nope is not served by the local DynamoDB',
    });
    await close();
  });
});
