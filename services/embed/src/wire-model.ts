import { liveProviders } from '@alluvium/embedding-providers';
import { requiredEnv, s3Client } from '@alluvium/lambda-kit';
import { collectionModel } from './adapters/collection-model.ts';
import { modelFromS3 } from './adapters/model-s3.ts';
import type { EmbedDeps } from './ports.ts';
import { wireBatches } from './wiring.ts';

/** Live adapters of the function that embeds: the one that carries the native runtime of models. */
export const wire = (): EmbedDeps => {
  const providers = liveProviders(process.env);
  const deps = wireBatches(providers);
  const place = () => ({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  const modelOf = collectionModel(deps.objects, () => requiredEnv('MODEL_ID'));
  return { ...deps, openModel: modelFromS3({ place, modelOf }, providers) };
};
