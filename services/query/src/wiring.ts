import { tmpdir } from 'node:os';
import { liveRuntime, requiredEnv, s3Client } from '@alluvium/lambda-kit';
import { s3ObjectStore, systemClock } from '@alluvium/vector-store';
import { modelsFrom } from './adapters/model-store.ts';
import type { QueryDeps } from './ports.ts';
import { makeResidents } from './residents.ts';

/** Live adapters, from the environment; what is resident lives as long as the module. */
export const wire = (): QueryDeps => {
  const store = s3ObjectStore({ client: s3Client(), bucket: requiredEnv('DATA_BUCKET') });
  return {
    runtime: liveRuntime(),
    store,
    clock: systemClock,
    openModel: modelsFrom(store, tmpdir()),
    residents: makeResidents(),
  };
};
