import { liveProviders } from '@alluvium/embedding-providers';
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
import { dynamoDbBatches } from './adapters/batches-dynamodb.ts';
import { providerFromS3 } from './adapters/provider-s3.ts';
import type { BatchDeps, DeletionDeps } from './ports.ts';
import { placeOrder } from './submit-batch.ts';

const nowMs = (): number => Date.now();

const base = (): DeletionDeps => {
  const runtime = liveRuntime();
  const store = s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  return { runtime, bus: liveBus(runtime), objects: liveObjects(), store };
};

/** Live adapters of what follows a batch. */
export const wireBatches = (providers = liveProviders(process.env)): BatchDeps => {
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
