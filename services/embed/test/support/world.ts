import type { BatchProvider } from '@alluvium/embedding-providers';
import { oncePerKey } from '@alluvium/lambda-kit';
import { memoryIdempotency, memoryObjects, recordingBus, testRuntime } from '@alluvium/testkit';
import { memoryObjectStore } from '@alluvium/vector-store';
import type { EmbedDeps, Model, OpenModel } from '../../src/ports.ts';
import { placeOrder } from '../../src/submit-batch.ts';
import { countingModel } from '../fixtures.ts';
import { memoryBatches } from './memory-batches.ts';

/** A model whose passages are ordered from a provider. */
export const batchModel = (batches: BatchProvider): Model => ({
  ...{ stamp: batches.stamp, dims: batches.dims, batches },
  embedPassages: () => Promise.reject(new Error('passages go in batches')),
});

/** The embed service without AWS. */
export const makeWorld = (options: { openModel?: OpenModel; provider?: BatchProvider } = {}) => {
  const runtime = testRuntime('embed');
  const bus = recordingBus(runtime.origin);
  const objects = memoryObjects();
  const store = memoryObjectStore({ nowMs: () => runtime.origin.nowMs() });
  const batches = memoryBatches();
  const schedule = { isOn: true };
  const model = countingModel();
  const { provider } = options;
  const openProvider = (): Promise<BatchProvider> =>
    provider === undefined ? Promise.reject(new Error('there is no provider')) : Promise.resolve(provider);
  const openModel =
    options.openModel ?? (() => Promise.resolve(provider === undefined ? model : batchModel(provider)));
  const deps: EmbedDeps = {
    ...{ runtime, bus, objects, store, batches, openModel, openProvider },
    schedule: {
      enable: async () => {
        schedule.isOn = true;
      },
      disable: async () => {
        schedule.isOn = false;
      },
    },
    // Of the deps as they are then: a test may have put others in.
    orderOnce: oncePerKey(memoryIdempotency(), 'embedding-batch', (order) => placeOrder(deps, order)),
  };
  return { deps, runtime, bus, objects, store, batches, schedule, model };
};
