import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiKeyTable, isGoodKey, readApiKey, type ApiKeyRecord } from '@alluvium/lambda-kit';
import { startServers, type Servers } from '@alluvium/local';
import { createKeyedTable } from '@alluvium/testkit';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describeKey, stateOf } from '../src/keys/key-options.ts';
import { localKey } from '../src/up/local-key.ts';
import { runAlluvium } from './support/run-alluvium.ts';

const NOW_MS = Date.UTC(2026, 2, 1);
let servers: Servers;
let client: DynamoDBClient;
let folder: string;

beforeAll(async () => {
  servers = await startServers();
  client = new DynamoDBClient({ endpoint: servers.endpoints.dynamodb });
  await createKeyedTable(client, 'keys');
  folder = await mkdtemp(join(tmpdir(), 'alluvium-keys-'));
  const connection = {
    ...{ api: 'http://127.0.0.1:1', bucket: 'b', eventBus: 'e', region: 'eu-west-1', keysTable: 'keys' },
    awsEndpoints: { AWS_ENDPOINT_URL_DYNAMODB: servers.endpoints.dynamodb },
  };
  const state = join(folder, '.alluvium', 'cloud');
  await mkdir(state, { recursive: true });
  await writeFile(join(state, 'connection.json'), JSON.stringify(connection));
});

afterAll(async () => {
  client.destroy();
  await servers.close();
  await rm(folder, { recursive: true });
});

const keys = (...args: string[]) => runAlluvium(folder, ['keys', ...args]);
const found = (keyId: string): Promise<ApiKeyRecord | undefined> =>
  apiKeyTable({ client: DynamoDBDocumentClient.from(client), tableName: 'keys' }).find(keyId);

describe('alluvium keys', () => {
  it('makes a key, shows it once, and ends it', async () => {
    const made = await keys(
      'create',
      '--name',
      'website',
      '--scope',
      'read',
      '--collection',
      'docs',
      '--rate',
      '5',
    );
    const own = readApiKey(made.stdout.trim())!;
    const stored = (await found(own.keyId))!;
    expect(stored).toMatchObject({
      name: 'website',
      scopes: ['read'],
      collections: ['docs'],
      ratePerSecond: 5,
    });
    expect(isGoodKey(own, stored, Date.now())).toBe(true);

    const listed = await keys('ls');
    expect(listed.stdout).toMatch(new RegExp(`${own.keyId} +good +read .* docs +website`));
    expect(listed.stdout).not.toContain(made.stdout.trim().slice(17));

    expect((await keys('revoke', own.keyId, '--yes')).code).toBe(0);
    expect(isGoodKey(own, (await found(own.keyId))!, Date.now())).toBe(false);
    const after = JSON.parse((await keys('ls', '--json')).stdout) as Record<string, unknown>[];
    expect(after).toEqual([expect.objectContaining({ keyId: own.keyId, state: 'revoked' })]);
    expect(after[0]).not.toHaveProperty('hash');
  });

  it('says when there is no such key', async () => {
    const { code, stderr } = await keys('revoke', '000000000000', '--yes');
    expect([code, stderr]).toEqual([3, expect.stringContaining('alluvium keys ls')]);
  });

  it('ends no key without a word of its owner', async () => {
    const { stdout } = await keys('create', '--name', 'kept', '--json');
    const { keyId } = JSON.parse(stdout) as { keyId: string };
    expect((await keys('revoke', keyId)).code).not.toBe(0);
    expect((await found(keyId))?.revokedAt).toBeUndefined();
  });
});

const options = { name: 'x', scope: ['read'] };

describe('what a key is made with', () => {
  it('takes days or a time as the end', () => {
    expect(describeKey({ ...options, expires: '90d' }, NOW_MS).expiresAt).toBe('2026-05-30T00:00:00.000Z');
    expect(describeKey({ ...options, expires: '2027-01-01' }, NOW_MS).expiresAt).toBe(
      '2027-01-01T00:00:00.000Z',
    );
  });

  it.each([
    [{ scope: ['all'] }, 'read, write, admin'],
    [{ collection: ['Docs!'] }, 'no name of a collection'],
    [{ expires: 'soon' }, '--expires'],
    [{ expires: '2020-01-01' }, '--expires'],
    [{ expires: '0d' }, '--expires'],
    [{ rate: '0' }, '--rate'],
    [{ rate: 'x' }, '--rate'],
    [{ burst: '5' }, '--burst goes with --rate'],
    [{ rate: '1', burst: '0.5' }, '--burst'],
  ])('is refused with %j', (change, message) => {
    expect(() => describeKey({ ...options, ...change }, NOW_MS)).toThrow(message);
  });

  it('is good until it is revoked or over', () => {
    const record: ApiKeyRecord = { keyId: 'k', hash: '', name: 'x', scopes: [], createdAt: '' };
    const states = [record, { ...record, revokedAt: 'x' }, { ...record, expiresAt: '2026-02-01T00:00:00Z' }];
    expect(states.map((one) => stateOf(one, NOW_MS))).toEqual(['good', 'revoked', 'expired']);
  });
});

describe('the key of this machine', () => {
  it('is made once and stays', async () => {
    const key = await localKey(folder);
    expect(readApiKey(key)).toBeDefined();
    expect(await localKey(folder)).toBe(key);
  });
});
