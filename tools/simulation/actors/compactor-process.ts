import '../environment.ts';
import { s3Objects } from '@alluvium/lambda-kit';
import { memoryIdempotency } from '@alluvium/testkit';
import type { VirtualProcess } from '@alluvium/testkit/simulation';
import { leases, leaseTable, s3ObjectStore } from '@alluvium/vector-store';
import { dynamoDbChangeNotes } from '../../../services/compactor/src/adapters/change-notes-dynamodb.ts';
import { dynamoDbCompactions } from '../../../services/compactor/src/adapters/compactions-dynamodb.ts';
import { sqsDoorbell } from '../../../services/compactor/src/adapters/doorbell-sqs.ts';
import { dynamoDbInbox } from '../../../services/compactor/src/adapters/inbox-dynamodb.ts';
import type { CompactorDeps, OperationDeps } from '../../../services/compactor/src/ports.ts';
import { BUCKET } from '../environment.ts';
import type { Services } from '../services.ts';
import { processRuntime } from './process-runtime.ts';

/** The compactor's own wiring, with clients of the simulated services of one process. */
export const compactorDeps = (process: VirtualProcess, services: Services): CompactorDeps => {
  const { weather } = services;
  const { runtime, bus } = processRuntime(process, services, 'compactor');
  const client = services.s3.clientOf(process, weather);
  const table = { client: services.table.clientOf(process, weather), tableName: 'compactor' };
  const doorbell = services.queues.doorbell.clientOf(process, weather);
  return {
    runtime,
    bus,
    objects: s3Objects({ client, bucket: BUCKET }),
    store: s3ObjectStore({ client, bucket: BUCKET }),
    inbox: dynamoDbInbox({ ...table, nowMs: process.clock.nowMs }),
    compactions: dynamoDbCompactions({ ...table, nowMs: process.clock.nowMs }),
    doorbell: sqsDoorbell({ client: doorbell, queueUrl: 'doorbell' }),
    leases: leases({
      table: leaseTable(table),
      clock: process.clock,
      newId: () => runtime.origin.newEventId(),
    }),
    clock: process.clock,
    thresholds: { deltas: services.ringsAfter, bytes: 1_000_000, ageSeconds: 10 },
    fanOutAfterDeltas: services.fanOutAfterDeltas,
  };
};

/** What an operator's work on an index has beside. */
export const operationDeps = (process: VirtualProcess, services: Services): OperationDeps => ({
  ...compactorDeps(process, services),
  changes: dynamoDbChangeNotes({
    client: services.table.clientOf(process, services.weather),
    tableName: 'compactor',
  }),
  garbageMode: 'on',
  idempotency: memoryIdempotency(),
  pause: (delayMs) => process.sleep(delayMs),
});
