import { liveBus, liveObjects, liveRuntime, requiredEnv, s3Client } from '@alluvium/lambda-kit';
import { modelFromS3 } from './adapters/model-s3.ts';
import type { EmbedDeps } from './ports.ts';

/** Live adapters, from the environment. */
export const wire = (): EmbedDeps => {
  const runtime = liveRuntime();
  const openModel = modelFromS3(() => ({
    client: s3Client(),
    bucket: requiredEnv('DATA_BUCKET'),
    modelId: requiredEnv('MODEL_ID'),
  }));
  return { runtime, bus: liveBus(runtime), objects: liveObjects(), openModel };
};
