import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failedMessageIds } from '../src/lambda/batch-response.ts';
import { makeChaos } from '../src/lambda/chaos.ts';
import type { EventSourceMapping, FunctionConfig } from '../src/lambda/function-config.ts';
import { startLambda, type Lambda } from '../src/lambda/lambda.ts';
import { provisionQueues } from '../src/stacks/provision-queues.ts';
import { startServers, type Servers } from '../src/servers.ts';
import { GetObjectCommand, S3Client, CreateBucketCommand } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CODE_DIRECTORY, eventually, fixtureFunction, queueArn } from './lambda-fixture.ts';

const stack = {
  service: 'test',
  stackName: 'test',
  template: { Resources: {} },
  codeDirectory: CODE_DIRECTORY,
};
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

const mappingOf = (functionName: string, changes: Partial<EventSourceMapping> = {}): EventSourceMapping => ({
  queueArn: queueArn('work'),
  functionName,
  batchSize: 10,
  windowSeconds: 0,
  reportsItemFailures: true,
  enabled: true,
  ...changes,
});

describe('a queue that feeds a function', () => {
  let servers: Servers;
  let s3: S3Client;
  let lambda: Lambda | undefined;

  const start = async (name: string, changes: Partial<EventSourceMapping> = {}) => {
    const functions: FunctionConfig[] = [fixtureFunction(name, { environment: { DATA_BUCKET: 'data' } })];
    lambda = await startLambda({
      functions,
      mappings: [mappingOf(name, changes)],
      queues: servers.queues,
      endpoints: servers.endpoints,
      region: 'eu-west-1',
      limits: { retryDelaySeconds: () => 0 },
    });
    return lambda;
  };

  const stored = (key: string) =>
    eventually(async () => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'data', Key: key }));
        return JSON.parse((await Body?.transformToString()) ?? '') as { receives: number; batch: number };
      } catch {
        return undefined;
      }
    });

  const send = (message: object) => servers.queues.send(queueArn('work'), JSON.stringify(message));
  const depth = (name: string) => servers.queues.depth(queueArn(name));
  const drained = () =>
    eventually(() => {
      const { visible, inFlight } = depth('work');
      return visible + inFlight === 0 ? true : undefined;
    });

  beforeEach(async () => {
    servers = await startServers();
    s3 = new S3Client({
      endpoint: servers.endpoints.s3,
      region: 'eu-west-1',
      credentials,
      forcePathStyle: true,
    });
    await s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    const sqs = new SQSClient({ endpoint: servers.endpoints.sqs, region: 'eu-west-1', credentials });
    const queue = (name: string, properties: object) => ({
      stack,
      logicalId: name,
      type: 'AWS::SQS::Queue',
      ref: `${servers.endpoints.sqs}/000000000000/${name}`,
      attributes: { Arn: queueArn(name), QueueName: name },
      properties: { ...properties },
    });
    const RedrivePolicy = { deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 2 };
    await provisionQueues(sqs, [queue('work', { VisibilityTimeout: 60, RedrivePolicy }), queue('dead', {})]);
  });

  afterEach(async () => {
    await lambda?.close();
    lambda = undefined;
    s3.destroy();
    await servers.close();
  });

  it('repeats only the messages that failed', async () => {
    await send({ key: 'good' });
    await send({ key: 'late', failures: 1 });
    await start('storeMessages');
    expect(await stored('good')).toEqual({ receives: 1, batch: 2 });
    expect(await stored('late')).toEqual({ receives: 2, batch: 1 });
    await drained();
  });

  it('hands a message that keeps failing to the dead-letter queue', async () => {
    await send({ key: 'never', failures: 99 });
    await start('storeMessages');
    await eventually(() => (depth('dead').visible === 1 ? true : undefined));
    expect(depth('work')).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('repeats the whole batch when the process dies', async () => {
    const runner = await start('storeMessages');
    await send({ key: 'again', ms: 1500 });
    await eventually(() => (runner.pidsOf('storeMessages').length === 1 ? true : undefined));
    await runner.killEnvironments();
    expect(await stored('again')).toMatchObject({ receives: 2 });
  });

  it('gathers a batch for as long as its window is open', async () => {
    await start('storeMessages', { windowSeconds: 1, batchSize: 3, maximumConcurrency: 1 });
    await send({ key: 'one' });
    await send({ key: 'two' });
    await send({ key: 'three' });
    expect(await stored('three')).toMatchObject({ batch: 3 });
  });

  it('ignores the answer of a function that does not report item failures', async () => {
    await send({ key: 'told', response: 'nonsense' });
    await start('storeBatch', { reportsItemFailures: false });
    await stored('told');
    await drained();
    expect(depth('dead').visible).toBe(0);
  });

  it('waits when the mapping is disabled', async () => {
    await send({ key: 'waiting' });
    const runner = await start('storeMessages', { enabled: false });
    expect(depth('work').visible).toBe(1);
    expect(runner.pidsOf('storeMessages')).toEqual([]);
  });
});

describe("a function's answer about a batch", () => {
  it.each([
    [null, []],
    [{}, []],
    [{ batchItemFailures: null }, []],
    [{ batchItemFailures: [] }, []],
    [{ batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
    [{ batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b']],
    [{ batchItemFailures: [{ itemIdentifier: null }] }, ['a', 'b']],
    [{ batchItemFailures: [{ identifier: 'b' }] }, ['a', 'b']],
    [{ batchItemFailures: [{ itemIdentifier: 'c' }] }, ['a', 'b']],
    [{ batchItemFailures: 'b' }, ['a', 'b']],
    ['done', ['a', 'b']],
  ])('%j fails %j', (response, failed) => {
    expect(failedMessageIds(response, ['a', 'b'])).toEqual(failed);
  });
});

describe('chaos', () => {
  it('is the same for the same seed', () => {
    const faults = (seed: number) => {
      const chaos = makeChaos(seed);
      return Array.from({ length: 50 }, () => [chaos.killAfterMs(), chaos.deliversTwice()]);
    };
    expect(faults(7)).toEqual(faults(7));
    expect(faults(7)).not.toEqual(faults(8));
  });
});
