import {
  documentClient,
  idempotencyStore,
  liveBus,
  liveObjects,
  liveRuntime,
  requiredEnv,
  s3Client,
} from '@alluvium/lambda-kit';
import { s3ObjectStore } from '@alluvium/vector-store';
import { dynamoDbJobs, dynamoDbOutbox } from './adapters/jobs-dynamodb.ts';
import { dynamoDbProgress } from './adapters/progress-dynamodb.ts';
import type { HttpDeps, OrchestratorDeps } from './ports.ts';

/** Live adapters, from the environment. */
export const wire = (): OrchestratorDeps => {
  const runtime = liveRuntime();
  const table = {
    client: documentClient(),
    tableName: requiredEnv('TABLE_NAME'),
    nowMs: () => runtime.origin.nowMs(),
  };
  return {
    runtime,
    bus: liveBus(runtime),
    objects: liveObjects(),
    store: s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') }),
    jobs: dynamoDbJobs(table),
    outbox: dynamoDbOutbox(table),
    progress: dynamoDbProgress(table),
  };
};

/** {@link wire}, with the memory of answered requests. */
export const wireHttp = (): HttpDeps => ({
  ...wire(),
  idempotency: idempotencyStore(requiredEnv('TABLE_NAME')),
});
