import { startServers, type Servers } from '@alluvium/local';
import { createKeyedTable } from '@alluvium/testkit';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoDbTail } from '../src/adapters/tail-dynamodb.ts';
import type { PendingDelta } from '../src/domain/pending-delta.ts';
import type { TailTable } from '../src/ports.ts';
import { memoryTail } from './support/memory-tail.ts';

const tableName = 'tail';
const NOW_MS = Date.UTC(2026, 2, 1);
let servers: Servers;
let dynamoDb: DynamoDBClient;
let client: DynamoDBDocumentClient;

beforeAll(async () => {
  servers = await startServers();
  dynamoDb = new DynamoDBClient({ endpoint: servers.endpoints.dynamodb });
  client = DynamoDBDocumentClient.from(dynamoDb);
  await createKeyedTable(dynamoDb, tableName);
});

afterAll(async () => {
  dynamoDb.destroy();
  await servers.close();
});

const deltaOf = (part: number): PendingDelta => ({
  ...{ deltaId: `delta-${part}`, runId: 'run', key: `embeddings/${part}`, sha256: '0'.repeat(64), bytes: 7 },
  ...{ documents: 1, chunks: 2, announcedAt: '2026-03-01T12:00:00.000Z' },
});

const TAILS: [string, () => TailTable][] = [
  ['memory', memoryTail],
  ['DynamoDB', () => dynamoDbTail({ client, tableName, nowMs: () => NOW_MS })],
];

describe.each(TAILS)('the tail in %s', (name, open) => {
  it('lists what was announced for an index, once each and as it was announced', async () => {
    const tail = open();
    for (const part of [1, 2, 1]) await tail.add(`${name}/one/`, deltaOf(part));
    await tail.add(`${name}/other/`, deltaOf(3));
    expect(await tail.pending(`${name}/one/`)).toEqual([deltaOf(1), deltaOf(2)]);
    expect(await tail.pending(`${name}/none/`)).toEqual([]);
  });

  it('forgets what is settled, even when it is announced again', async () => {
    const tail = open();
    const path = `${name}/settled/`;
    for (const part of [1, 2]) await tail.add(path, deltaOf(part));
    for (let time = 0; time < 2; time += 1) await tail.settle(path, 'delta-1');
    await tail.add(path, deltaOf(1));
    expect(await tail.pending(path)).toEqual([deltaOf(2)]);
  });

  it('takes the settlement before the announcement', async () => {
    const tail = open();
    await tail.settle(`${name}/early/`, 'delta-1');
    await tail.add(`${name}/early/`, deltaOf(1));
    expect(await tail.pending(`${name}/early/`)).toEqual([]);
  });
});

describe('an item of the tail', () => {
  it('goes after seven days, settled or not', async () => {
    const tail = dynamoDbTail({ client, tableName, nowMs: () => NOW_MS });
    await tail.add('days/', deltaOf(1));
    await tail.settle('days/', 'delta-2');
    for (const pk of ['tail#days/', 'settled#days/']) {
      const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': pk } };
      const { Items = [] } = await client.send(new QueryCommand({ TableName: tableName, ...query }));
      expect(Items).toMatchObject([{ ttlEpochSeconds: NOW_MS / 1000 + 7 * 24 * 3600 }]);
    }
  });

  it('passes on that the table does not answer', async () => {
    const send = (): Promise<never> => Promise.reject(new Error('no table'));
    const tail = dynamoDbTail({ client: { send }, tableName, nowMs: () => NOW_MS });
    await expect(tail.add('down/', deltaOf(1))).rejects.toThrow('no table');
    await expect(tail.pending('down/')).rejects.toMatchObject({
      ...{ code: 'STORE_UNAVAILABLE', kind: 'unavailable' },
      message: expect.stringContaining('consistency=snapshot'),
    });
  });
});
