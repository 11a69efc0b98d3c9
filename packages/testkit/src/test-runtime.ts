import { createHash } from 'node:crypto';
import type { EventOrigin } from '@alluvium/contracts';
import type { Runtime } from '@alluvium/lambda-kit';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';

/** What a runtime gave up, with the reason. */
export interface DeadLetter {
  event: unknown;
  error: unknown;
}

/** A runtime without AWS: quiet logs, a clock that stands still unless told, dead letters in a list. */
export interface TestRuntime extends Runtime {
  readonly deadLetterList: DeadLetter[];
  /** Moves the clock. */
  advance(ms: number): void;
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

// Of the service too: in a test of several services no two events share an id.
const countingUlid = (service: string, count: number): string => {
  const tail = [...digest(`ulid ${service} ${count}`).subarray(0, 16)]
    .map((byte) => CROCKFORD.charAt(byte & 31))
    .join('');
  return `01JD3Z5Q6V${tail}`;
};

const testOrigin = (service: string, clock: { nowMs: number }): EventOrigin => {
  let count = 0;
  return {
    producer: `${service}@0.1.0`,
    nowMs: () => clock.nowMs,
    newEventId: () => countingUlid(service, (count += 1)),
    newTraceId: () =>
      digest(`trace ${service} ${(count += 1)}`)
        .toString('hex')
        .slice(0, 32),
  };
};

/** A runtime for tests of the handlers of `service`. */
export const testRuntime = (service: string, startMs = Date.UTC(2026, 2, 1, 12)): TestRuntime => {
  const clock = { nowMs: startMs };
  const deadLetterList: DeadLetter[] = [];
  return {
    deadLetterList,
    advance: (ms) => {
      clock.nowMs += ms;
    },
    origin: testOrigin(service, clock),
    logger: new Logger({ serviceName: service, logLevel: 'SILENT' }),
    metrics: new Metrics({ namespace: 'Test', serviceName: service }),
    maxReceiveCount: 5,
    deadLetters: {
      send: async (event, error) => {
        deadLetterList.push({ event, error });
      },
    },
  };
};

/** The context of an invocation. */
export const testContext = (): Context =>
  ({
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:test',
    memoryLimitInMB: '512',
    awsRequestId: '00000000-0000-4000-8000-000000000000',
    logGroupName: '/aws/lambda/test',
    logStreamName: 'test',
    getRemainingTimeInMillis: () => 30_000,
  }) as Context;
