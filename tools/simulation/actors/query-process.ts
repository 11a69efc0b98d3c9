import '../environment.ts';
import { s3Objects } from '@alluvium/lambda-kit';
import type { VirtualProcess } from '@alluvium/testkit/simulation';
import { s3ObjectStore } from '@alluvium/vector-store';
import { dynamoDbTail } from '../../../services/query/src/adapters/tail-dynamodb.ts';
import type { QueryDeps, TailDeps } from '../../../services/query/src/ports.ts';
import { makeResidents } from '../../../services/query/src/residents.ts';
import { BUCKET } from '../environment.ts';
import type { Services } from '../services.ts';
import { processRuntime } from './process-runtime.ts';

const CACHE_BYTES = 1_000_000;

/** The wiring of what hears of deltas and snapshots, with clients of the simulated services of one process. */
export const tailDeps = (process: VirtualProcess, services: Services): TailDeps => {
  const { weather } = services;
  return {
    runtime: processRuntime(process, services, 'query').runtime,
    objects: s3Objects({ client: services.s3.clientOf(process, weather), bucket: BUCKET }),
    tail: dynamoDbTail({
      client: services.tailTable.clientOf(process, weather),
      tableName: 'query',
      nowMs: process.clock.nowMs,
    }),
  };
};

/** The query service's wiring, but for models: vectors are searched for as they are. */
export const queryDeps = (process: VirtualProcess, services: Services, deltas: number): QueryDeps => {
  const { runtime, tail } = tailDeps(process, services);
  return {
    runtime,
    tail,
    store: s3ObjectStore({ client: services.s3.clientOf(process, services.weather), bucket: BUCKET }),
    clock: process.clock,
    openModel: () => Promise.reject(new Error('There is no model here')),
    tailLimits: { deltas, bytes: CACHE_BYTES },
    residents: makeResidents({
      memoryBytes: CACHE_BYTES,
      tailBytes: CACHE_BYTES,
      logger: runtime.logger,
    }),
  };
};
