import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type PutRuleCommandInput,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PipelineError } from '@alluvium/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventBridgeConformance } from '@alluvium/testkit/eventbridge-conformance';
import type { TargetMessageOptions } from '../src/events/event-router.ts';
import { startEventBridge, type EventBridgeServer } from '../src/events/events-server.ts';
import { startSqs } from '../src/sqs/sqs-server.ts';
import { makeManualClock, type ManualClock } from './sqs-manual-clock.ts';

const common = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  maxAttempts: 1,
};
const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'events-'));

const connectTo = async (directory?: string) => {
  const sqs = await startSqs(directory === undefined ? {} : { directory: join(directory, 'sqs') });
  const bridge = await startEventBridge({
    ...(directory === undefined ? {} : { directory: join(directory, 'events') }),
    targets: {
      invokeLambda: async () => undefined,
      sendMessage: async (queueArn, body, options) => {
        await sqs.queues.send(queueArn, body, options);
      },
    },
  });
  const events = new EventBridgeClient({ ...common, endpoint: bridge.endpoint });
  const queues = new SQSClient({ ...common, endpoint: sqs.endpoint });
  return {
    events,
    queues,
    sqs,
    bridge,
    close: async () => {
      events.destroy();
      queues.destroy();
      await bridge.close();
      await sqs.close();
      if (directory !== undefined) await rm(directory, { recursive: true });
    },
  };
};

eventBridgeConformance('EventBridge in memory', () => connectTo());
eventBridgeConformance('EventBridge in a directory', async () => connectTo(await temporary()));

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:consume';
const DEAD_LETTERS_ARN = 'arn:aws:sqs:us-east-1:000000000000:dead';
const lambdaTarget: Target = { Id: 'f', Arn: FUNCTION_ARN };

/** Targets that remember what they got, and fail as told. */
const recordingTargets = () => {
  const invoked: unknown[] = [];
  const sent: { queueArn: string; body: string; options: TargetMessageOptions | undefined }[] = [];
  let failure: () => Error | undefined = () => undefined;
  return {
    invoked,
    sent,
    failWith: (next: () => Error | undefined) => {
      failure = next;
    },
    ports: {
      invokeLambda: async (functionArn: string, event: unknown) => {
        const error = failure();
        if (error !== undefined) throw error;
        invoked.push({ functionArn, event });
      },
      sendMessage: async (queueArn: string, body: string, options?: TargetMessageOptions) => {
        sent.push({ queueArn, body, options });
      },
    },
  };
};

const configure = async (
  endpoint: string,
  rule: Partial<PutRuleCommandInput>,
  target: Target = lambdaTarget,
) => {
  const client = new EventBridgeClient({ ...common, endpoint });
  await client.send(new PutRuleCommand({ Name: 'rule', ...rule }));
  await client.send(new PutTargetsCommand({ Rule: 'rule', Targets: [target] }));
  client.destroy();
};

const EventPattern = JSON.stringify({ source: ['test'] });
const entry = { Source: 'test', DetailType: 'happened', Detail: '{"n":1}' };
const minute = 60_000;

describe('deliveries over time', () => {
  let clock: ManualClock;
  let targets: ReturnType<typeof recordingTargets>;
  let server: EventBridgeServer;

  beforeEach(async () => {
    clock = makeManualClock();
    targets = recordingTargets();
    server = await startEventBridge({ clock, targets: targets.ports });
  });
  afterEach(() => server.close());

  const pass = async (ms: number) => {
    clock.advance(ms);
    await server.bus.idle();
  };

  it('hands a function the event itself', async () => {
    await configure(server.endpoint, { EventPattern });
    await server.bus.putEvents([entry]);
    await server.bus.idle();
    expect(targets.invoked).toMatchObject([
      { functionArn: FUNCTION_ARN, event: { source: 'test', 'detail-type': 'happened', detail: { n: 1 } } },
    ]);
  });

  it('tries again with growing pauses until the target answers', async () => {
    await configure(server.endpoint, { EventPattern });
    let attempts = 0;
    targets.failWith(() => (++attempts < 4 ? new Error('throttled') : undefined));
    await server.bus.putEvents([entry]);
    await server.bus.idle();
    for (const expected of [2, 3]) {
      await pass(1000 * 2 ** (expected - 2));
      expect(attempts).toBe(expected);
    }
    await pass(4000);
    expect(targets.invoked).toHaveLength(1);
  });

  it.each([
    ['MaximumRetryAttempts', { MaximumRetryAttempts: 2 }, '2'],
    ['MaximumEventAgeInSeconds', { MaximumEventAgeInSeconds: 60 }, '6'],
  ])('gives up at %s and says so in the dead-letter queue', async (condition, RetryPolicy, retries) => {
    const target = { ...lambdaTarget, RetryPolicy, DeadLetterConfig: { Arn: DEAD_LETTERS_ARN } };
    await configure(server.endpoint, { EventPattern }, target);
    targets.failWith(() => new Error('down'));
    await server.bus.putEvents([entry]);
    await server.bus.idle();
    for (let elapsed = 0; elapsed < 2 * minute; elapsed += 1000) await pass(1000);
    expect(targets.sent).toHaveLength(1);
    expect(targets.sent[0]).toMatchObject({
      queueArn: DEAD_LETTERS_ARN,
      options: {
        attributes: {
          EXHAUSTED_RETRY_CONDITION: { StringValue: condition },
          RETRY_ATTEMPTS: { StringValue: retries },
          ERROR_MESSAGE: { StringValue: 'down' },
          TARGET_ARN: { StringValue: FUNCTION_ARN },
        },
      },
    });
  });

  it('does not try again when the function is unknown', async () => {
    await configure(
      server.endpoint,
      { EventPattern },
      { ...lambdaTarget, DeadLetterConfig: { Arn: DEAD_LETTERS_ARN } },
    );
    targets.failWith(
      () => new PipelineError('no such function', { code: 'FUNCTION_NOT_FOUND', kind: 'invalid' }),
    );
    await server.bus.putEvents([entry]);
    await server.bus.idle();
    expect(targets.sent).toMatchObject([
      {
        options: {
          attributes: { ERROR_CODE: { StringValue: 'NO_RESOURCE' }, RETRY_ATTEMPTS: { StringValue: '0' } },
        },
      },
    ]);
  });

  it('fires a rate every period, with the event of a schedule', async () => {
    await configure(server.endpoint, { ScheduleExpression: 'rate(5 minutes)' });
    await pass(5 * minute - 1);
    expect(targets.invoked).toHaveLength(0);
    await pass(1);
    await pass(5 * minute);
    expect(targets.invoked).toHaveLength(2);
    expect(targets.invoked[0]).toMatchObject({
      event: {
        source: 'aws.events',
        'detail-type': 'Scheduled Event',
        resources: ['arn:aws:events:us-east-1:000000000000:rule/rule'],
        detail: {},
      },
    });
  });

  it('stops a schedule with its rule', async () => {
    await configure(server.endpoint, { ScheduleExpression: 'rate(1 minute)' });
    await configure(server.endpoint, { ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' });
    await pass(10 * minute);
    expect(targets.invoked).toEqual([]);
  });

  it('takes events of AWS services in process and shows every event to listeners', async () => {
    await configure(server.endpoint, { EventPattern: JSON.stringify({ source: ['aws.s3'] }) });
    const seen: string[] = [];
    const stop = server.bus.onEvent((event, bus) => seen.push(`${bus} ${event.source}`));
    const event = {
      version: '0' as const,
      id: '1',
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '000000000000',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: { bucket: { name: 'b' } },
    };
    await server.bus.putAwsEvent(event);
    stop();
    await server.bus.putEvents([entry]);
    await server.bus.idle();
    expect(targets.invoked).toEqual([{ functionArn: FUNCTION_ARN, event }]);
    expect(seen).toEqual(['default aws.s3']);
  });
});

describe('EventBridge in a directory', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await temporary();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('goes on delivering what an earlier process had accepted', async () => {
    const before = recordingTargets();
    before.failWith(() => new Error('down'));
    const first = await startEventBridge({ directory, targets: before.ports });
    await configure(first.endpoint, { EventPattern });
    await first.bus.putEvents([entry]);
    await first.bus.idle();
    await first.close();

    const after = recordingTargets();
    const second = await startEventBridge({ directory, targets: after.ports });
    await second.bus.idle();
    expect(after.invoked).toMatchObject([{ event: { source: 'test' } }]);
    await second.close();

    const third = await startEventBridge({ directory, targets: after.ports });
    await third.bus.idle();
    expect(after.invoked).toHaveLength(1);
    await third.close();
  });

  it('loses no acknowledged event to kill -9', async () => {
    const script = fileURLToPath(new URL('events-process.ts', import.meta.url));
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const endpoint = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (text: Buffer) => resolve(text.toString()));
      child.once('exit', () => reject(new Error('The server did not start.')));
    });
    await configure(endpoint, { EventPattern });
    const client = new EventBridgeClient({ ...common, endpoint });
    const acknowledged: string[] = [];
    const putUntilDead = async () => {
      for (;;) {
        const { Entries } = await client.send(new PutEventsCommand({ Entries: [entry, entry, entry] }));
        acknowledged.push(...Entries!.map(({ EventId }) => EventId!));
        if (acknowledged.length >= 300) child.kill('SIGKILL');
      }
    };
    await Promise.allSettled([putUntilDead(), putUntilDead(), putUntilDead()]);
    client.destroy();

    const targets = recordingTargets();
    const server = await startEventBridge({ directory, targets: targets.ports });
    await server.bus.idle();
    const delivered = new Set(targets.invoked.map((call) => (call as { event: { id: string } }).event.id));
    expect(acknowledged.filter((id) => !delivered.has(id))).toEqual([]);
    await server.close();
  });
});

describe('EventBridge under load', () => {
  it('carries 10,000 events through one rule into one queue', async () => {
    const { events, queues, sqs, bridge, close } = await connectTo(await temporary());
    await queues.send(new CreateQueueCommand({ QueueName: 'all' }));
    const queueArn = 'arn:aws:sqs:us-east-1:000000000000:all';
    await configure(bridge.endpoint, { EventPattern }, { Id: 'q', Arn: queueArn });
    const Entries = Array.from({ length: 10 }, () => entry);
    const putShare = async () => {
      for (let request = 0; request < 100; request++) await events.send(new PutEventsCommand({ Entries }));
    };
    await Promise.all(Array.from({ length: 10 }, putShare));
    await bridge.bus.idle();
    expect(sqs.queues.depth(queueArn).visible).toBe(10_000);
    await close();
  });
});
