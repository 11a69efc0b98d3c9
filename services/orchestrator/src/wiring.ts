import { setTimeout as pause } from 'node:timers/promises';
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
import { dynamoDbJobs } from './adapters/jobs-dynamodb.ts';
import { dynamoDbOperations } from './adapters/operations-dynamodb.ts';
import { dynamoDbOutbox } from './adapters/outbox-dynamodb.ts';
import { dynamoDbProgress } from './adapters/progress-dynamodb.ts';
import { dynamoDbSessions } from './adapters/sessions-dynamodb.ts';
import { chatModelOf } from './chat-wiring.ts';
import { s3Presigner } from './adapters/presigner-s3.ts';
import type { OrchestratorDeps } from './ports.ts';

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
    operations: dynamoDbOperations(table),
    outbox: dynamoDbOutbox(table),
    progress: dynamoDbProgress(table),
    sessions: dynamoDbSessions(table),
    chatModel: undefined,
    pause,
    presigner: s3Presigner({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') }),
    idempotency: idempotencyStore(table.tableName),
    operationOutcomes: idempotencyStore(table.tableName),
  };
};

/** {@link wire}, with the model that writes answers. */
export const wireChat = (): OrchestratorDeps => {
  const deps = wire();
  const nowMs = () => deps.runtime.origin.nowMs();
  return { ...deps, chatModel: chatModelOf(process.env, { nowMs }) };
};
