import { liveBus, liveObjects, liveRuntime, requiredEnv } from '@alluvium/lambda-kit';
import type { ChunkDeps } from './ports.ts';

/** Live adapters, from the environment. */
export const wire = (): ChunkDeps => {
  const runtime = liveRuntime();
  return { runtime, bus: liveBus(runtime), objects: liveObjects(), modelId: () => requiredEnv('MODEL_ID') };
};
