import { startServers, type Servers } from '@alluvium/local';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiKeyTable, mintApiKey, type ApiKeyRecord, type ApiKeyTable } from '@alluvium/lambda-kit';
import { createKeyedTable } from '@alluvium/testkit';

let servers: Servers;
let client: DynamoDBClient;
let keys: ApiKeyTable;

beforeAll(async () => {
  servers = await startServers();
  client = new DynamoDBClient({ endpoint: servers.endpoints.dynamodb });
  await createKeyedTable(client, 'keys');
  keys = apiKeyTable({ client: DynamoDBDocumentClient.from(client), tableName: 'keys' });
});

afterAll(async () => {
  client.destroy();
  await servers.close();
});

const recordOf = (name: string, createdAt: string): ApiKeyRecord => {
  const { keyId, hash } = mintApiKey();
  return { keyId, hash, name, createdAt, scopes: ['read'] };
};

describe('the table of keys', () => {
  it('finds and lists what was added, the newest first', async () => {
    const [old, fresh] = [
      recordOf('old', '2026-01-01T00:00:00.000Z'),
      { ...recordOf('fresh', '2026-02-01T00:00:00.000Z'), collections: ['docs'], ratePerSecond: 5 },
    ];
    await keys.add(old);
    await keys.add(fresh);
    expect(await keys.find(fresh.keyId)).toEqual(fresh);
    expect(await keys.find('000000000000')).toBeUndefined();
    expect(await keys.list()).toEqual([fresh, old]);
  });

  it('revokes a key once, and says when there is none', async () => {
    const record = recordOf('gone', '2026-01-02T00:00:00.000Z');
    await keys.add(record);
    expect(await keys.revoke(record.keyId, '2026-03-01T00:00:00.000Z')).toBe(true);
    expect(await keys.revoke(record.keyId, '2026-04-01T00:00:00.000Z')).toBe(true);
    expect((await keys.find(record.keyId))?.revokedAt).toBe('2026-03-01T00:00:00.000Z');
    expect(await keys.revoke('000000000000', '2026-03-01T00:00:00.000Z')).toBe(false);
  });

  it('never replaces a key', async () => {
    const record = recordOf('first', '2026-01-03T00:00:00.000Z');
    await keys.add(record);
    await expect(keys.add({ ...record, scopes: ['admin'] })).rejects.toThrow();
    expect((await keys.find(record.keyId))?.scopes).toEqual(['read']);
  });
});
