import '../environment.ts';
import { eventBus, s3Objects, sqsDeadLetters, type Runtime } from '@alluvium/lambda-kit';
import { testRuntime } from '@alluvium/testkit';
import type { Random, VirtualProcess, Weather } from '@alluvium/testkit/simulation';
import { leases, leaseTable, s3ObjectStore } from '@alluvium/vector-store';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDbCompactions } from '../../../services/compactor/src/adapters/compactions-dynamodb.ts';
import { sqsDoorbell } from '../../../services/compactor/src/adapters/doorbell-sqs.ts';
import { dynamoDbInbox } from '../../../services/compactor/src/adapters/inbox-dynamodb.ts';
import type { CompactorDeps } from '../../../services/compactor/src/ports.ts';
import { BUCKET } from '../environment.ts';
import type { Services } from '../services.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const HEX = '0123456789abcdef';

const digits = (random: Random, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet.charAt(random.between(0, alphabet.length - 1))).join('');

// One of each for all: they keep no state that matters here, and making them is slow.
const { logger, metrics } = testRuntime('compactor');

const runtimeOf = (
  process: VirtualProcess,
  random: Random,
  deadLetters: Pick<SQSClient, 'send'>,
): Runtime => ({
  origin: {
    producer: 'compactor@0.1.0',
    nowMs: process.clock.nowMs,
    newEventId: () => `01${digits(random, CROCKFORD, 24)}`,
    newTraceId: () => digits(random, HEX, 32),
  },
  logger,
  metrics,
  deadLetters: sqsDeadLetters({ client: deadLetters as SQSClient, queueUrl: 'dead-letters' }),
  maxReceiveCount: 5,
});

/** The compactor's own wiring, with clients of the simulated services of one process. */
export const compactorDeps = (process: VirtualProcess, services: Services): CompactorDeps => {
  const weather: Weather = services.weather;
  const random = services.random.fork(process.name);
  const runtime = runtimeOf(process, random, services.deadLetters.clientOf(process, weather));
  const client = services.s3.clientOf(process, weather);
  const table = { client: services.table.clientOf(process, weather), tableName: 'compactor' };
  return {
    runtime,
    bus: eventBus({
      client: services.bus.clientOf(process, weather),
      busName: 'bus',
      origin: runtime.origin,
      pause: (delayMs) => process.sleep(delayMs),
    }),
    objects: s3Objects({ client, bucket: BUCKET }),
    store: s3ObjectStore({ client, bucket: BUCKET }),
    inbox: dynamoDbInbox({ ...table, nowMs: process.clock.nowMs }),
    compactions: dynamoDbCompactions({ ...table, nowMs: process.clock.nowMs }),
    doorbell: sqsDoorbell({ client: services.doorbell.clientOf(process, weather), queueUrl: 'doorbell' }),
    leases: leases({
      table: leaseTable(table),
      clock: process.clock,
      newId: () => runtime.origin.newEventId(),
    }),
    clock: process.clock,
    thresholds: { deltas: services.ringsAfter, bytes: 1_000_000, ageSeconds: 10 },
    fanOutAfterDeltas: Infinity,
  };
};
