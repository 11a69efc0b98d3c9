import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '@alluvium/contracts';
import {
  documentClient,
  idempotencyStore,
  liveBus,
  liveObjects,
  liveRuntime,
  numberEnv,
  requiredEnv,
  s3Client,
  sqsClient,
} from '@alluvium/lambda-kit';
import { leases, leaseTable, s3ObjectStore, systemClock } from '@alluvium/vector-store';
import { dynamoDbChangeNotes } from './adapters/change-notes-dynamodb.ts';
import { dynamoDbCompactions } from './adapters/compactions-dynamodb.ts';
import { sqsDoorbell } from './adapters/doorbell-sqs.ts';
import { dynamoDbInbox } from './adapters/inbox-dynamodb.ts';
import type { CompactorDeps, GarbageMode, OperationDeps, RequestDeps } from './ports.ts';

const GARBAGE_MODES: readonly GarbageMode[] = ['on', 'dry-run', 'off'];

const garbageModeOf = (text = 'on'): GarbageMode => {
  const found = GARBAGE_MODES.find((mode) => mode === text);
  if (found !== undefined) return found;
  throw new PipelineError(`GARBAGE_MODE must be one of ${GARBAGE_MODES.join(', ')}, not "${text}"`, {
    code: 'CONFIG_INVALID',
    kind: 'internal',
    details: { name: 'GARBAGE_MODE' },
  });
};

/** Live adapters, from the environment. */
export const wire = (): CompactorDeps => {
  const runtime = liveRuntime();
  const table = { client: documentClient(), tableName: requiredEnv('TABLE_NAME') };
  return {
    runtime,
    bus: liveBus(runtime),
    objects: liveObjects(),
    store: s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') }),
    inbox: dynamoDbInbox({ ...table, nowMs: () => systemClock.nowMs() }),
    compactions: dynamoDbCompactions({ ...table, nowMs: () => systemClock.nowMs() }),
    doorbell: sqsDoorbell({ client: sqsClient(), queueUrl: requiredEnv('DOORBELL_QUEUE_URL') }),
    leases: leases({ table: leaseTable(table), clock: systemClock, newId: randomUUID }),
    clock: systemClock,
    thresholds: {
      deltas: numberEnv('COMPACT_AFTER_DELTAS', 50),
      bytes: numberEnv('COMPACT_AFTER_MEGABYTES', 64) * 1_000_000,
      ageSeconds: numberEnv('COMPACT_AFTER_SECONDS', 30),
    },
    fanOutAfterDeltas: numberEnv('FAN_OUT_AFTER_DELTAS', 400),
  };
};

/** {@link wire}, with the memory of the requests that were handled. */
export const wireRequests = (): RequestDeps => ({
  ...wire(),
  idempotency: idempotencyStore(requiredEnv('TABLE_NAME')),
});

/** {@link wireRequests}, with what an operator's work needs. */
export const wireOperations = (): OperationDeps => ({
  ...wireRequests(),
  changes: dynamoDbChangeNotes({ client: documentClient(), tableName: requiredEnv('TABLE_NAME') }),
  garbageMode: garbageModeOf(process.env['GARBAGE_MODE']),
  pause: sleep,
});
