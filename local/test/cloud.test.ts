import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTablesCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCloud, type Cloud, type CloudEndpoints } from '../src/index.ts';
import type { StackSource } from '../src/stacks/template.ts';
import { eventually } from './lambda-fixture.ts';
import { fixtureStacks } from './stack-fixture.ts';

const BUCKET = 'test-base-dev-data';
const PROGRAM = fileURLToPath(new URL('cloud-process.ts', import.meta.url));
const shared = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

const putEvent = async ({ eventbridge }: CloudEndpoints, detail: object): Promise<void> => {
  const events = new EventBridgeClient({ ...shared, endpoint: eventbridge });
  const entry = { EventBusName: 'test-bus', Source: 'test', DetailType: 'work.requested.v1' };
  await events.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }));
  events.destroy();
};

const putObject = async ({ s3 }: CloudEndpoints, Key: string): Promise<void> => {
  const client = new S3Client({ ...shared, endpoint: s3, forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));
  client.destroy();
};

const readObject = async ({ s3 }: CloudEndpoints, Key: string): Promise<unknown> => {
  const client = new S3Client({ ...shared, endpoint: s3, forcePathStyle: true });
  const { Body } = await eventually(() =>
    client.send(new GetObjectCommand({ Bucket: BUCKET, Key })).catch(() => undefined),
  );
  const text = await Body?.transformToString();
  client.destroy();
  return JSON.parse(text ?? '');
};

describe('a cloud', () => {
  let directory: string;
  let cloud: Cloud | undefined;
  let child: ChildProcess | undefined;

  const start = async (stacks: StackSource[] = fixtureStacks()): Promise<Cloud> => {
    const limits = { retryDelaysMs: [1, 1], retryDelaySeconds: () => 0 };
    cloud = await startCloud({ root: '.', directory, stacks, limits });
    return cloud;
  };

  const startProcess = async (): Promise<CloudEndpoints> => {
    const started = fork(PROGRAM, [directory], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = started;
    return new Promise((resolve, reject) => {
      started.once('message', (message) => resolve((message as { endpoints: CloudEndpoints }).endpoints));
      started.once('exit', () => reject(new Error('The cloud did not start')));
    });
  };

  const killProcess = () =>
    new Promise<void>((resolve) => {
      child?.once('exit', () => resolve());
      child?.kill('SIGKILL');
      child = undefined;
    });

  const idle = (running: Cloud) => eventually(async () => ((await running.idle()) ? true : undefined));

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'alluvium-cloud-'));
  });

  afterEach(async () => {
    await cloud?.close();
    cloud = undefined;
    if (child !== undefined) await killProcess();
    await rm(directory, { recursive: true, force: true });
  });

  it('carries an event over rule, queue and function to an object', async () => {
    const { endpoints } = await start();
    await putEvent(endpoints, { key: 'done' });
    expect(await readObject(endpoints, 'done')).toEqual({ receives: 1, batch: 1 });
  });

  it('tells functions of new objects, and the dead-letter queue of those that fail', async () => {
    const running = await start();
    await putObject(running.endpoints, 'inbox/a.txt');
    await putObject(running.endpoints, 'inbox/b.bad');
    expect(await readObject(running.endpoints, 'seen/inbox/a.txt')).toMatchObject({
      bucket: { name: BUCKET },
      reason: 'PutObject',
    });
    const arn = running.queues.find(({ name }) => name.endsWith('dead-letters'))?.arn ?? '';
    const [dead] = await running.servers.queues.receive(arn, { max: 1, waitMs: 10_000 });
    expect(JSON.parse(dead?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      responsePayload: { errorMessage: 'bad object' },
    });
  });

  it('answers on its routes, and keeps the bucket policy', async () => {
    const { endpoints } = await start();
    const response = await fetch(`${endpoints.api}/items/7`);
    expect([response.status, await response.text()]).toEqual([200, 'item 7']);
    expect((await fetch(`${endpoints.api}/items`)).status).toBe(404);
    await expect(putObject(endpoints, 'forbidden/x')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('says when nothing is left to do', async () => {
    const running = await start();
    expect(await running.idle()).toBe(true);
    await putEvent(running.endpoints, { key: 'slow', ms: 200 });
    expect(await running.idle()).toBe(false);
    await idle(running);
    expect(await running.pending()).toEqual({
      messages: 0,
      delivering: false,
      asynchronous: 0,
      running: 0,
    });
  });

  it('keeps what it has over a restart, and drops rules that left the templates', async () => {
    await putObject((await start()).endpoints, 'kept');
    await cloud?.close();
    const [base, work] = fixtureStacks() as [StackSource, StackSource];
    const { WorkRule: _, Table: __, ...Resources } = work.template.Resources;
    const { endpoints } = await start([base, { ...work, template: { Resources } }]);

    const events = new EventBridgeClient({ ...shared, endpoint: endpoints.eventbridge });
    const { Rules = [] } = await events.send(new ListRulesCommand({ EventBusName: 'test-bus' }));
    events.destroy();
    expect(Rules.map(({ Name }) => Name)).not.toContain('test-work-dev-work-rule');
    const dynamodb = new DynamoDBClient({ ...shared, endpoint: endpoints.dynamodb });
    expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual(['test-work-dev-table']);
    dynamodb.destroy();
    const s3 = new S3Client({ ...shared, endpoint: endpoints.s3, forcePathStyle: true });
    await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'kept' }));
    s3.destroy();
  });

  it('goes on where a killed process stopped', async () => {
    const endpoints = await startProcess();
    const keys = ['one', 'two', 'three'];
    for (const key of keys) await putEvent(endpoints, { key, ms: 400 });
    await putObject(endpoints, 'inbox/late.txt');
    await killProcess();
    const running = await start();
    for (const key of keys)
      expect(await readObject(running.endpoints, key)).toMatchObject({ batch: expect.any(Number) });
    await readObject(running.endpoints, 'seen/inbox/late.txt');
    await idle(running);
  });

  it('refuses a directory that another one works in, and takes over from a dead one', async () => {
    await start();
    await expect(startCloud({ root: '.', directory, stacks: fixtureStacks() })).rejects.toMatchObject({
      code: 'CLOUD_ALREADY_RUNNING',
    });
    await cloud?.close();
    // no process has a number this high
    await writeFile(path.join(directory, 'cloud.lock'), '99999999');
    await start();
    expect(await readFile(path.join(directory, 'cloud.lock'), 'utf8')).toBe(String(process.pid));
  });

  it('leaves the directory free when it cannot start', async () => {
    const broken = fixtureStacks().slice(1);
    await expect(start(broken)).rejects.toMatchObject({ code: 'TEMPLATE_INVALID' });
    await start();
  });

  it('writes what functions print to a file for each', async () => {
    const running = await start();
    await running.functions.find(({ name }) => name === 'test-answer')?.invoke({ pathParameters: { id: 1 } });
    await running.close();
    expect(await readFile(path.join(directory, 'logs/test-answer.log'), 'utf8')).toContain(
      'REPORT RequestId',
    );
  });
});
