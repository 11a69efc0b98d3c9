import { setTimeout as pause } from 'node:timers/promises';
import { invokeBedrock, namedSecrets, type ProviderDeps } from '@alluvium/embedding-providers';
import {
  documentClient,
  idempotencyStore,
  liveBus,
  liveObjects,
  liveRuntime,
  oncePerKey,
  requiredEnv,
  ruleSwitch,
  s3Client,
} from '@alluvium/lambda-kit';
import { s3ObjectStore } from '@alluvium/vector-store';
import { SSMClient } from '@aws-sdk/client-ssm';
import { dynamoDbBatches } from './adapters/batches-dynamodb.ts';
import { providerFromS3 } from './adapters/provider-s3.ts';
import { parametersFrom } from './adapters/parameters.ts';
import type { BatchDeps, DeletionDeps } from './ports.ts';
import { placeOrder } from './submit-batch.ts';

const nowMs = (): number => Date.now();

const base = (): DeletionDeps => {
  const runtime = liveRuntime();
  const store = s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  return { runtime, bus: liveBus(runtime), objects: liveObjects(), store };
};

/** What providers need, from the environment. */
export const liveProviders = (): ProviderDeps => {
  let ssm: SSMClient | undefined;
  const secrets = namedSecrets({
    environment: process.env,
    parameter: parametersFrom(() => (ssm ??= new SSMClient({}))),
    prefix: process.env['SECRETS_PREFIX'] ?? '',
    nowMs,
  });
  return { fetch, secrets, clock: { nowMs, pause }, random: Math.random, bedrock: invokeBedrock() };
};

/** Live adapters of what follows a batch. */
export const wireBatches = (providers = liveProviders()): BatchDeps => {
  const shared = base();
  const tableName = requiredEnv('TABLE_NAME');
  const bucket = () => ({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  const batches = dynamoDbBatches({ client: documentClient(), tableName, nowMs });
  const openProvider = providerFromS3(bucket, providers);
  const ordering = { objects: shared.objects, batches, openProvider };
  return {
    ...{ ...shared, batches, openProvider },
    schedule: ruleSwitch(requiredEnv('POLL_RULE')),
    orderOnce: oncePerKey(idempotencyStore(tableName), 'embedding-batch', (order) =>
      placeOrder(ordering, order),
    ),
  };
};

/** Live adapters of what deletes documents. */
export const wireDeletions = base;
