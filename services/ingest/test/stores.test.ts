import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import dynalite from 'dynalite';
import { dynamoDbCheckpoints } from '../src/adapters/checkpoints-dynamodb.ts';
import { dynamoDbControls } from '../src/adapters/controls-dynamodb.ts';
import { dynamoDbGenerations } from '../src/adapters/generations-dynamodb.ts';
import { dynamoDbRuns } from '../src/adapters/runs-dynamodb.ts';
import type { Checkpoint, PartRef } from '../src/domain/unchanged.ts';
import type {
  CheckpointStore,
  Generation,
  GenerationStore,
  Run,
  RunStore,
  SourceControls,
  StoredPart,
} from '../src/ports.ts';
import { memoryCheckpoints } from './support/memory-checkpoints.ts';
import { memoryControls } from './support/memory-controls.ts';
import { memoryGenerations } from './support/memory-generations.ts';
import { memoryRuns } from './support/memory-runs.ts';

const TableName = 'ingest';
const server = dynalite({ createTableMs: 0 });
let client: DynamoDBClient;
let table: { client: DynamoDBDocumentClient; tableName: string };

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${port}` });
  table = { client: DynamoDBDocumentClient.from(client), tableName: TableName };
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

const STORES: [string, () => { runs: RunStore; checkpoints: CheckpointStore }][] = [
  ['memory', () => ({ runs: memoryRuns(), checkpoints: memoryCheckpoints() })],
  ['DynamoDB', () => ({ runs: dynamoDbRuns(table), checkpoints: dynamoDbCheckpoints(table) })],
];

const pointer = (key: string) => ({
  bucket: 'test-data',
  key,
  sha256: '0'.repeat(64),
  bytes: 1,
  contentSchema: 'raw-record.v1',
});

const run: Run = {
  runId: 'r'.repeat(26),
  collection: 'docs',
  source: { name: 'files', connector: 'files', manifest: pointer('inbox/docs/a/_upload.json') },
  fence: 4,
  startedAt: '2026-03-01T12:00:00.000Z',
  sealedAttempt: 0,
};

const partOf = (part: number): StoredPart => ({
  part,
  records: 3,
  raw: pointer(`raw/${part}`),
  next: { file: part + 1, record: 0, sequence: 3 * (part + 1) },
});

const checkpointOf = (documentId: string, more: Partial<Checkpoint> = {}): Checkpoint => ({
  documentId,
  contentHash: 'a'.repeat(64),
  fence: 2,
  sequence: 5,
  runId: run.runId,
  attempt: 1,
  part: 0,
  writtenAtMs: 1,
  ...more,
});

describe.each(STORES)('runs in %s', (_name, open) => {
  it('keeps the first registration of a run, whoever comes later', async () => {
    const { runs } = open();
    expect(await runs.find('unknown')).toBeUndefined();
    expect(await runs.register(run)).toEqual(run);
    expect(await runs.register({ ...run, fence: 9, startedAt: '2026-03-02T00:00:00.000Z' })).toEqual(run);
    expect(await runs.find(run.runId)).toEqual(run);
  });

  it('remembers the greatest attempt that was sealed', async () => {
    const { runs } = open();
    await runs.register(run);
    await runs.seal(run.runId, 2);
    await runs.seal(run.runId, 1);
    await runs.seal('unknown', 1);
    expect(await runs.find(run.runId)).toMatchObject({ sealedAttempt: 2 });
    expect(await runs.find('unknown')).toBeUndefined();
  });

  it('lists parts in order, from any one on', async () => {
    const { runs } = open();
    for (const part of [10, 2, 0, 9, 1]) await runs.addPart('parts', partOf(part));
    expect(await runs.partsFrom('parts', 0)).toEqual([0, 1, 2, 9, 10].map(partOf));
    expect((await runs.partsFrom('parts', 9)).map(({ part }) => part)).toEqual([9, 10]);
    expect(await runs.partsFrom('nothing', 0)).toEqual([]);
  });
});

describe.each(STORES)('checkpoints in %s', (_name, open) => {
  it('reads what was written, by collection', async () => {
    const { checkpoints } = open();
    const ids = Array.from({ length: 120 }, (_, index) => `files/document#${index}`);
    await checkpoints.write(
      'many',
      ids.map((id) => checkpointOf(id)),
    );
    const read = await checkpoints.read('many', [...ids, 'files/document#unknown']);
    expect(read.size).toBe(120);
    expect(read.get(ids[7]!)).toEqual(checkpointOf(ids[7]!));
    expect((await checkpoints.read('other', ids)).size).toBe(0);
  });

  it('keeps ids apart that are longer than a key may be', async () => {
    const { checkpoints } = open();
    const ids = ['a', 'b'].map((end) => `files/document#${'語'.repeat(900)}${end}`);
    await checkpoints.write(
      'long',
      ids.map((id) => checkpointOf(id)),
    );
    expect([...(await checkpoints.read('long', ids)).keys()].sort()).toEqual(ids);
  });

  it.each([
    ['a smaller fence', { fence: 1, sequence: 9 }, false],
    ['an earlier record of the run', { fence: 2, sequence: 4 }, false],
    ['the same record', { fence: 2, sequence: 5 }, true],
    ['a later record of the run', { fence: 2, sequence: 6 }, true],
    ['a greater fence', { fence: 3, sequence: 0 }, true],
  ])('is replaced by %s only when that is not older', async (name, revision, isWritten) => {
    const { checkpoints } = open();
    const id = `files/document#${name}`;
    await checkpoints.write('order', [checkpointOf(id)]);
    const next = checkpointOf(id, { ...revision, contentHash: 'b'.repeat(64), writtenAtMs: 2 });
    await checkpoints.write('order', [next]);
    expect((await checkpoints.read('order', [id])).get(id)).toEqual(isWritten ? next : checkpointOf(id));
  });

  it('keeps what it heard of a deletion when a document is passed on again', async () => {
    const { checkpoints } = open();
    await checkpoints.noteDeletion('gone', ['a', 'b', 'b'], 5);
    expect((await checkpoints.read('gone', ['a'])).size).toBe(0);
    await checkpoints.write('gone', [checkpointOf('a')]);
    const first = { ...checkpointOf('a'), deletedMs: 5, deletedFence: -1 };
    expect((await checkpoints.read('gone', ['a'])).get('a')).toEqual(first);
    await checkpoints.noteDeletion('gone', ['a'], 7);
    await checkpoints.write('gone', [{ ...first, fence: 3 }]);
    const second = { ...first, fence: 3, deletedMs: 7, deletedFence: 2 };
    expect((await checkpoints.read('gone', ['a'])).get('a')).toEqual(second);
  });

  it('knows the fate of parts; what was applied stays applied', async () => {
    const { checkpoints } = open();
    const part = (index: number): PartRef => ({ runId: 'fates', attempt: 1, part: index });
    await checkpoints.settle([part(0), part(1)], 'failed');
    await checkpoints.settle([part(2)], 'rejected');
    await checkpoints.settle([part(1), part(3), part(3)], 'applied');
    await checkpoints.settle([part(3)], 'failed');
    const fates = await checkpoints.fatesOf([0, 1, 2, 3, 4].map(part));
    expect(Object.fromEntries(fates)).toEqual({
      'fates/1/0': 'failed',
      'fates/1/1': 'applied',
      'fates/1/2': 'rejected',
      'fates/1/3': 'applied',
    });
  });
});

describe.each(STORES)('parts that a rollback took out, in %s', (name, open) => {
  const at = (version: number, isOut: boolean, indexPath = 'indexes/docs/') => ({
    indexPath,
    version,
    isOut,
  });
  const run = (what: string) => `${what}-${name}`;

  it('are reverted whichever attempt is asked for, whatever was applied', async () => {
    const { checkpoints } = open();
    const runId = run('out');
    const parts = [1, 2].map((attempt) => ({ runId, attempt, part: 0 }));
    await checkpoints.settle(parts, 'applied');
    await checkpoints.revert([{ runId, part: 0 }], at(3, true));
    await checkpoints.settle(parts, 'applied');
    const other = { runId, attempt: 1, part: 1 };
    expect(Object.fromEntries(await checkpoints.fatesOf([...parts, other]))).toEqual({
      [`${runId}/1/0`]: 'reverted',
      [`${runId}/2/0`]: 'reverted',
    });
  });

  it('are let in by a later version, and an earlier one that is late changes nothing', async () => {
    const { checkpoints } = open();
    const part = { runId: run('late'), attempt: 1, part: 0 };
    const fate = async () => [...(await checkpoints.fatesOf([part])).values()];
    await checkpoints.settle([part], 'applied');
    await checkpoints.revert([part, part], at(3, true));
    await checkpoints.revert([part], at(5, false));
    expect(await fate()).toEqual(['applied']);
    await checkpoints.revert([part], at(4, true));
    expect(await fate()).toEqual(['applied']);
    await checkpoints.revert([part], at(1, true, 'indexes/docs--2/'));
    expect(await fate()).toEqual(['reverted']);
  });
});

const GENERATIONS: [string, () => GenerationStore][] = [
  ['memory', () => memoryGenerations()],
  ['DynamoDB', () => dynamoDbGenerations(table)],
];

describe.each(GENERATIONS)('generations of a source in %s', (_name, open) => {
  const generation = (fence: number): Generation => ({
    ...{ runId: `run-${fence}`, fence, parts: 3, state: pointer(`runs/run-${fence}/state.json`) },
    ...(fence === 1 ? {} : { baseRunId: `run-${fence - 1}` }),
    writtenAtMs: 1,
  });

  it('come back newest first, each once, and none of another source', async () => {
    const store = open();
    for (const fence of [2, 10, 1, 10]) await store.add('docs', 'site', generation(fence));
    await store.add('docs', 'site-2', generation(99));
    expect(await store.newest('docs', 'site', 10)).toEqual([10, 2, 1].map(generation));
    expect(await store.newest('docs', 'site', 2)).toEqual([10, 2].map(generation));
    expect(await store.newest('docs', 'unknown', 2)).toEqual([]);
  });

  it('know what was deleted since, each once, and nothing of another source', async () => {
    const store = open();
    await store.noteDeletion('docs', 'feed', { keys: ['page#a', 'page#b', 'page#a'], atMs: 5 });
    await store.noteDeletion('docs', 'feed', { keys: ['page#b'], atMs: 7 });
    expect((await store.deletedSince('docs', 'feed', -Infinity)).sort()).toEqual(['page#a', 'page#b']);
    expect(await store.deletedSince('docs', 'feed', 7)).toEqual(['page#b']);
    expect(await store.deletedSince('docs', 'feed-2', 0)).toEqual([]);
    expect(await store.newest('docs', 'feed', 2)).toEqual([]);
  });

  it('know when a rollback was last', async () => {
    const store = open();
    expect(await store.lastRollbackMs('docs')).toBeUndefined();
    for (const atMs of [5, 9, 7]) await store.noteRollback('docs', atMs);
    expect(await store.lastRollbackMs('docs')).toBe(9);
  });
});

describe.each<[string, () => SourceControls]>([
  ['memory', memoryControls],
  ['DynamoDB', () => dynamoDbControls(table)],
])('what is remembered of sources in %s', (_name, open) => {
  const site = { collection: 'docs', name: 'site' };
  const pause = { at: '2026-03-01T12:00:00.000Z', by: 'admin' };
  const lastRun = { runId: 'r'.repeat(26), window: '2026-03-01T06:00Z', startedAt: pause.at };

  it('changes value by value, and is read in the order that is asked for', async () => {
    const controls = open();
    await controls.change(site, { pause, scheduledMs: 1 });
    await controls.change(site, { lastRun, scheduledMs: 2 });
    const places = [{ collection: 'docs', name: 'unknown' }, site];
    expect(await controls.read(places)).toEqual([{}, { pause, lastRun, scheduledMs: 2 }]);
    await controls.change(site, { pause: undefined });
    expect(await controls.read([site])).toEqual([{ lastRun, scheduledMs: 2 }]);
    await controls.forget(site);
    expect(await controls.read([site])).toEqual([{}]);
  });
});
