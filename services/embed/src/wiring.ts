import { liveBus, liveObjects, liveRuntime, requiredEnv, s3Client } from '@alluvium/lambda-kit';
import { s3ObjectStore } from '@alluvium/vector-store';
import { modelFromS3 } from './adapters/model-s3.ts';
import type { DeletionDeps, EmbedDeps } from './ports.ts';

const base = () => {
  const runtime = liveRuntime();
  return { runtime, bus: liveBus(runtime), objects: liveObjects() };
};

/** Live adapters, from the environment. */
export const wire = (): EmbedDeps => {
  const openModel = modelFromS3(() => ({
    client: s3Client(),
    bucket: requiredEnv('DATA_BUCKET'),
    modelId: requiredEnv('MODEL_ID'),
  }));
  return { ...base(), openModel };
};

/** Live adapters of what deletes documents. */
export const wireDeletions = (): DeletionDeps => ({
  ...base(),
  store: s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') }),
});
