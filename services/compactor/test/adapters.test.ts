import { startServers, type Servers } from '@alluvium/local';
import { createKeyedTable } from '@alluvium/testkit';
import { HISTORY_HORIZON_MS } from '@alluvium/vector-store';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoDbChangeNotes } from '../src/adapters/change-notes-dynamodb.ts';
import { dynamoDbCompactions } from '../src/adapters/compactions-dynamodb.ts';
import { sqsDoorbell } from '../src/adapters/doorbell-sqs.ts';
import { dynamoDbInbox } from '../src/adapters/inbox-dynamodb.ts';
import type { Compaction } from '../src/domain/fan-out.ts';
import type { InboxItem } from '../src/domain/inbox-item.ts';
import type { ChangeNotes, CompactionStore, InboxStore } from '../src/ports.ts';
import { memoryChangeNotes } from './support/memory-change-notes.ts';
import { memoryCompactions } from './support/memory-compactions.ts';
import { memoryInbox } from './support/memory-inbox.ts';

const tableName = 'compactor';
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

const INBOXES: [string, () => InboxStore][] = [
  ['memory', memoryInbox],
  ['DynamoDB', () => dynamoDbInbox({ client, tableName, nowMs: () => NOW_MS })],
];

const pathOf = (collection: string): string => `indexes/${collection}/model=tiny@0123456789ab/dims=4/`;

const itemOf = (collection: string, part: number, attempt = 1): InboxItem => ({
  collection,
  indexPath: pathOf(collection),
  deltaId: `delta-${part}`,
  runId: 'run',
  attempt,
  part,
  pointer: {
    bucket: 'test-data',
    key: `embeddings/${part}`,
    sha256: '0'.repeat(64),
    bytes: 7,
    contentSchema: 'delta.v1',
  },
  cause: { correlationId: 'run' } as InboxItem['cause'],
  tries: 0,
  notBeforeMs: 0,
});

describe.each(INBOXES)('the inbox in %s', (_name, open) => {
  it('lists registered indexes, of one collection or of all', async () => {
    const inbox = open();
    const indexOf = (collection: string) => ({ collection, indexPath: pathOf(collection) });
    for (const collection of ['docs', 'docs-old', 'docs']) await inbox.register(indexOf(collection));
    expect(await inbox.indexes('docs')).toEqual([indexOf('docs')]);
    expect(await inbox.indexes()).toEqual(expect.arrayContaining([indexOf('docs'), indexOf('docs-old')]));
    expect(await inbox.indexes('unknown')).toEqual([]);
  });

  it('keeps each attempt of a delta once, in the order of the ids', async () => {
    const inbox = open();
    expect(await inbox.hasPending(pathOf('order'))).toBe(false);
    const [one, two, again] = [itemOf('order', 1), itemOf('order', 2), itemOf('order', 1, 2)];
    for (const item of [two, again, one, { ...one, tries: 3 }]) await inbox.add(item);
    expect(await inbox.pending(pathOf('order'))).toEqual([one, again, two]);
    expect(await inbox.hasPending(pathOf('order'))).toBe(true);
    expect(await inbox.pending(pathOf('orde'))).toEqual([]);
  });

  it('remembers tries, of items that wait alone', async () => {
    const inbox = open();
    const item = itemOf('tries', 1);
    await inbox.add(item);
    await inbox.postpone(item, { tries: 1, notBeforeMs: 99 });
    await inbox.postpone(itemOf('tries', 2), { tries: 1, notBeforeMs: 99 });
    expect(await inbox.pending(pathOf('tries'))).toEqual([{ ...item, tries: 1, notBeforeMs: 99 }]);
  });

  it('counts arrivals of an index until it begins anew', async () => {
    const inbox = open();
    const [one, two] = [itemOf('count', 1), itemOf('count', 2)];
    expect(await inbox.countArrival(one)).toEqual({ deltas: 1, bytes: 7 });
    expect(await inbox.countArrival(two)).toEqual({ deltas: 2, bytes: 14 });
    expect(await inbox.countArrival(itemOf('other', 1))).toEqual({ deltas: 1, bytes: 7 });
    await inbox.restartCount(pathOf('count'));
    expect(await inbox.countArrival(one)).toEqual({ deltas: 1, bytes: 7 });
  });

  it('remembers the newest HEAD', async () => {
    const inbox = open();
    const remember = (version: number, fence: number) =>
      inbox.rememberHead(pathOf('heads'), { version, fence });
    expect(await remember(3, 5)).toBe(true);
    expect(await remember(3, 5)).toBe(true);
    expect(await remember(2, 6)).toBe(false);
    expect(await remember(4, 4)).toBe(false);
    expect(await remember(4, 6)).toBe(true);
  });

  it('tells of a settled delta, whichever attempt delivered it', async () => {
    const inbox = open();
    const item = itemOf('told', 1, 2);
    await inbox.add(item);
    expect(await inbox.isSettled(pathOf('told'), 'delta-1')).toBe(false);
    await inbox.settle(item, { state: 'APPLIED', version: 4 });
    expect(await inbox.isSettled(pathOf('told'), 'delta-1')).toBe(true);
    expect(await inbox.isSettled(pathOf('told'), 'delta-')).toBe(false);
  });

  it('keeps what is in quarantine by collection', async () => {
    const inbox = open();
    const place = { key: 'k', collection: 'ill', runId: 'run', part: 0, deltaId: 'delta-1' };
    const why = { reason: 'DELTA_CORRUPT', message: 'torn' };
    for (const deltaId of ['delta-1', 'delta-2', 'delta-1'])
      await inbox.quarantine({ ...place, deltaId }, why);
    expect(await inbox.quarantined('ill')).toEqual(new Set(['delta-1', 'delta-2']));
    expect(await inbox.quarantined('well')).toEqual(new Set());
  });

  it('does not take up a settled delta again', async () => {
    const inbox = open();
    const item = itemOf('settled', 1);
    await inbox.add(item);
    await inbox.settle(item, { state: 'APPLIED', version: 4 });
    await inbox.add(item);
    expect(await inbox.hasPending(pathOf('settled'))).toBe(false);
  });
});

const COMPACTIONS: [string, () => CompactionStore][] = [
  ['memory', memoryCompactions],
  ['DynamoDB', () => dynamoDbCompactions({ client, tableName, nowMs: () => NOW_MS })],
];

describe.each(COMPACTIONS)('compactions in %s', (_name, open) => {
  const compactionOf = (collection: string, compactionId: string): Compaction => ({
    ...{ collection, indexPath: pathOf(collection), compactionId },
    ...{ deltas: ['run/delta-1'], mergeIds: ['merge-1'], deadlineMs: 9 },
  });
  const output = { key: 'k', sha256: '0'.repeat(64), bytes: 7 };

  it('keep one for each index', async () => {
    const store = open();
    const [one, two, other] = [compactionOf('a', '1'), compactionOf('a', '2'), compactionOf('b', '3')];
    expect(await store.find(pathOf('a'))).toBeUndefined();
    expect(await store.open(one, undefined)).toBe(true);
    expect(await store.open(two, undefined)).toBe(false);
    expect(await store.open(other, undefined)).toBe(true);
    expect(await store.find(pathOf('a'))).toEqual({ ...one, outputs: new Map() });
    expect(await store.open(two, '1')).toBe(true);
    expect(await store.open(one, '1')).toBe(false);
    expect(await store.find(pathOf('a'))).toEqual({ ...two, outputs: new Map() });
  });

  it('remember what their own merges made', async () => {
    const store = open();
    const [one, two] = [compactionOf('c', '4'), compactionOf('c', '5')];
    await store.open(one, undefined);
    for (let times = 0; times < 2; times += 1) await store.complete(one, { mergeId: 'merge-1', output });
    expect((await store.find(pathOf('c')))?.outputs).toEqual(new Map([['merge-1', output]]));
    await store.open(two, '4');
    expect((await store.find(pathOf('c')))?.outputs).toEqual(new Map());
  });

  it('are forgotten by those who ended them', async () => {
    const store = open();
    const [one, two] = [compactionOf('d', '6'), compactionOf('d', '7')];
    await store.open(two, undefined);
    await store.close(one);
    expect(await store.find(pathOf('d'))).toMatchObject({ compactionId: '7' });
    await store.close(two);
    await store.close(two);
    expect(await store.find(pathOf('d'))).toBeUndefined();
  });
});

const CHANGES: [string, () => ChangeNotes][] = [
  ['memory', memoryChangeNotes],
  ['DynamoDB', () => dynamoDbChangeNotes({ client, tableName })],
];

describe.each(CHANGES)('change notes in %s', (_name, open) => {
  it('stay until they are removed, each by its index and operation', async () => {
    const notes = open();
    const note = (operationId: string) => ({ indexPath: pathOf('docs'), operationId, notedAtMs: NOW_MS });
    for (const operationId of ['one', 'two', 'one']) await notes.add(note(operationId));
    expect(await notes.all()).toEqual([note('one'), note('two')]);
    await notes.remove(note('one'));
    await notes.remove(note('three'));
    expect(await notes.all()).toEqual([note('two')]);
  });
});

describe('the inbox in DynamoDB', () => {
  const settledItems = async (collection: string) => {
    const KeyConditionExpression = 'pk = :pk';
    const ExpressionAttributeValues = { ':pk': `settled#${pathOf(collection)}` };
    const request = { TableName: tableName, KeyConditionExpression, ExpressionAttributeValues };
    return (await client.send(new QueryCommand(request))).Items;
  };

  it('keeps how a delta ended for as long as the snapshot does', async () => {
    const inbox = dynamoDbInbox({ client, tableName, nowMs: () => NOW_MS });
    const item = itemOf('ended', 1);
    await inbox.add(item);
    await inbox.settle(item, { state: 'REJECTED', reason: 'DELTA_CORRUPT', message: 'torn' });
    await inbox.settle(item, { state: 'APPLIED', version: 1 });
    expect(await settledItems('ended')).toMatchObject([
      {
        state: 'REJECTED',
        reason: 'DELTA_CORRUPT',
        ttlEpochSeconds: (NOW_MS + HISTORY_HORIZON_MS) / 1000,
      },
    ]);
  });

  it('reads an inbox of many pages whole', async () => {
    const inbox = dynamoDbInbox({ client, tableName, nowMs: () => NOW_MS });
    const cause = { correlationId: 'x'.repeat(300_000) } as InboxItem['cause'];
    const items = [1, 2, 3, 4, 5].map((part) => ({ ...itemOf('pages', part), cause }));
    for (const item of items) await inbox.add(item);
    expect((await inbox.pending(pathOf('pages'))).map(({ part }) => part)).toEqual([1, 2, 3, 4, 5]);
  });

  it('passes on what is no refusal', async () => {
    const inbox = dynamoDbInbox({ client, tableName: 'no-such-table', nowMs: () => NOW_MS });
    await expect(inbox.add(itemOf('docs', 1))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the doorbell in SQS', () => {
  it('carries the name of the index', async () => {
    const sqs = new SQSClient({ endpoint: servers.endpoints.sqs });
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'doorbell' }));
    const index = { collection: 'docs', indexPath: pathOf('docs') };
    await sqsDoorbell({ client: sqs, queueUrl: QueueUrl }).ring(index, 0);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages?.map(({ Body }) => JSON.parse(Body ?? '') as unknown)).toEqual([index]);
    sqs.destroy();
  });
});
