import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dynalite from 'dynalite';
import { dynamoDbBatches } from '../src/adapters/batches-dynamodb.ts';
import type { Batch } from '../src/domain/batch.ts';
import type { BatchTable } from '../src/ports.ts';
import { memoryBatches } from './support/memory-batches.ts';
import { someBatch } from './support/some-batch.ts';

const TableName = 'batches';
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}` });
  const keys = { pk: 'HASH', sk: 'RANGE' } as const;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.keys(keys).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: Object.entries(keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    }),
  );
  for (let status: string | undefined; status !== 'ACTIVE';) {
    status = (await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  }
});

afterAll(async () => {
  client.destroy();
  server.close();
  await once(server, 'close');
});

const inDynamoDb = (): BatchTable =>
  dynamoDbBatches({ client: DynamoDBDocumentClient.from(client), tableName: TableName, nowMs: () => 0 });

describe.each([
  ['in DynamoDB', inDynamoDb],
  ['in memory', memoryBatches],
])('batches %s', (place, open) => {
  let table: BatchTable;
  beforeAll(() => {
    table = open();
  });

  const batchOf = (name: string, rest: Partial<Batch> = {}): Batch =>
    someBatch({ batchId: `${name}-${place.replace(/\W/g, '')}`, ...rest });
  const openIds = async (): Promise<string[]> => (await table.open()).map(({ batchId }) => batchId);

  it('are there and open from the moment they are added; what was there first stays', async () => {
    const batch = batchOf('first');
    expect(await table.isAnyOpen()).toBe(false);
    expect(await table.add(batch)).toEqual(batch);
    expect(await table.add({ ...batch, attempt: 9 })).toEqual(batch);
    expect(await table.find(batch.batchId)).toEqual(batch);
    expect([await table.isAnyOpen(), await openIds()]).toEqual([true, [batch.batchId]]);
    await table.save({ ...batch, status: 'COMPLETED' });
    expect(await table.isAnyOpen()).toBe(false);
  });

  it('are changed from the revision that was read, and from no other', async () => {
    const batch = await table.add(batchOf('changing'));
    const saved = await table.save({ ...batch, status: 'SUBMITTED', providerBatchId: 'b' });
    expect(saved.revision).toBe(1);
    await expect(table.save({ ...batch, status: 'FAILED' })).rejects.toMatchObject({
      code: 'BATCH_CHANGED',
      kind: 'conflict',
    });
    expect(await table.find(batch.batchId)).toEqual(saved);
    await table.save({ ...saved, status: 'FAILED' });
  });

  it('are no longer open when they are over, and are again when they begin again', async () => {
    const batch = await table.add(batchOf('again'));
    const failed = await table.save({ ...batch, status: 'FAILED' });
    expect(await openIds()).not.toContain(batch.batchId);
    expect((await table.add(batch)).status).toBe('FAILED');
    expect(await openIds()).not.toContain(batch.batchId);
    const renewed = await table.save({ ...failed, status: 'SUBMITTING' });
    expect(await openIds()).toContain(batch.batchId);
    await table.save({ ...renewed, status: 'COMPLETED' });
  });

  it('count how often they are looked at', async () => {
    const { batchId } = await table.add(batchOf('counted'));
    expect([await table.countPoll(batchId), await table.countPoll(batchId)]).toEqual([1, 2]);
  });

  it('that nobody added are not there', async () => {
    expect(await table.find('none')).toBeUndefined();
  });
});

it('a mark that a crash left is taken away when it is met', async () => {
  const table = inDynamoDb();
  const document = DynamoDBDocumentClient.from(client);
  const batch = await table.add(someBatch({ batchId: 'left-behind' }));
  // As if the process died between the end of the batch and its mark.
  const withoutUnmark = dynamoDbBatches({
    client: {
      send: (command: never) =>
        (command as { constructor: { name: string } }).constructor.name === 'DeleteCommand'
          ? Promise.reject(new Error('killed'))
          : document.send(command),
    } as never,
    tableName: TableName,
    nowMs: () => 0,
  });
  await expect(withoutUnmark.save({ ...batch, status: 'COMPLETED' })).rejects.toThrow('killed');
  expect((await table.open()).map(({ batchId }) => batchId)).not.toContain('left-behind');
  const marks = await table.open();
  expect(marks.filter(({ batchId }) => batchId === 'left-behind')).toEqual([]);
});
