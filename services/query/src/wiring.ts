import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveProviders, SHORT_PATIENCE } from '@alluvium/embedding-providers';
import {
  documentClient,
  liveBus,
  liveObjects,
  liveRuntime,
  numberEnv,
  requiredEnv,
  s3Client,
} from '@alluvium/lambda-kit';
import { s3ObjectStore, systemClock } from '@alluvium/vector-store';
import { modelsFrom } from './adapters/model-store.ts';
import { dynamoDbTail } from './adapters/tail-dynamodb.ts';
import type { DocumentDeps, RetrievalDeps, TailDeps, TailTable } from './ports.ts';
import { makeResidents } from './residents.ts';

const MEGABYTE = 1_000_000;
const DEFAULT_MEMORY_MB = 1769;
/** /tmp has 512 MB unless told otherwise, and holds the models too. */
const DEFAULT_DISK_MB = 256;

const liveTail = (): TailTable =>
  dynamoDbTail({
    client: documentClient(),
    tableName: requiredEnv('TABLE_NAME'),
    nowMs: () => systemClock.nowMs(),
  });

// The other half of the function's memory is the runtime's, the models', the tail's and the answer's.
const memoryBudget = (): number =>
  numberEnv('CACHE_MEMORY_MB', numberEnv('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', DEFAULT_MEMORY_MB) / 2) *
  MEGABYTE;

/** Live adapters, from the environment; what is resident lives as long as the module. */
export const wire = (): DocumentDeps => {
  const store = s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  const runtime = liveRuntime();
  const tailLimits = {
    deltas: numberEnv('TAIL_DELTAS', 64),
    bytes: numberEnv('TAIL_MEGABYTES', 64) * MEGABYTE,
  };
  return {
    runtime,
    bus: liveBus(runtime),
    store,
    clock: systemClock,
    openModel: modelsFrom(store, tmpdir(), liveProviders(process.env, SHORT_PATIENCE)),
    tail: liveTail(),
    tailLimits,
    residents: makeResidents({
      memoryBytes: memoryBudget(),
      disk: {
        folder: join(tmpdir(), 'alluvium-planes'),
        bytes: numberEnv('CACHE_DISK_MB', DEFAULT_DISK_MB) * MEGABYTE,
      },
      tailBytes: tailLimits.bytes,
      logger: runtime.logger,
    }),
  };
};

/** {@link wire}, with the bucket for what was found. */
export const wireRetrieval = (): RetrievalDeps => {
  const { bus: _bus, ...deps } = wire();
  return { ...deps, objects: liveObjects(), bus: liveBus(deps.runtime) };
};

/** Live adapters of what hears of deltas and snapshots. */
export const wireTail = (): TailDeps => ({
  runtime: liveRuntime(),
  objects: liveObjects(),
  tail: liveTail(),
});
