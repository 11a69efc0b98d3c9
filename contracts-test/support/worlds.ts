import type { EventBus, Objects, Runtime } from '@alluvium/lambda-kit';
import type { ObjectStore } from '@alluvium/vector-store';
import { makeWorld as compactorWorld } from '../../services/compactor/test/support/world.ts';
import { instantProvider } from '../../services/embed/test/support/instant-provider.ts';
import { batchModel, makeWorld as embedWorld } from '../../services/embed/test/support/world.ts';
import { memoryDocuments } from '../../services/ingest/test/support/memory-documents.ts';
import { memoryInbox } from '../../services/ingest/test/support/memory-inbox.ts';
import { makeWorld as ingestWorld } from '../../services/ingest/test/support/world.ts';
import { memoryJobs, memoryProgress } from '../../services/orchestrator/test/support/memory-stores.ts';
import { makeWorld as orchestratorWorld } from '../../services/orchestrator/test/support/world.ts';
import { makeWorld as queryWorld } from '../../services/query/test/support/world.ts';

/** What all services of an installation share, and what each has of its own. */
export interface Surroundings {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  /** All that lies in the bucket, written through `objects`. */
  stored: Map<string, Uint8Array>;
  /** The same bucket for those who change objects. */
  store: ObjectStore;
}

/** Messages that wait in a queue which no rule feeds. */
export interface Waiting {
  functionName: string;
  bodies: unknown[];
}

/** One service with fakes around it. */
export interface World {
  /** What every handler of the service is made of. */
  deps: object;
  /** All that the service remembers outside the bucket. */
  state: () => unknown;
  waiting?: () => Waiting[];
}

/** Name of the collection whose model is one of a provider that takes batches. */
export const BATCHED = 'batched';

/** The services that have handlers. A new one is entered here, and the contracts are tried on it. */
export const worlds: Record<string, (surroundings: Surroundings) => World> = {
  platform: ({ runtime }) => ({
    deps: { logger: runtime.logger, keys: { find: async () => undefined }, nowMs: () => 0 },
    state: () => undefined,
  }),

  ingest: ({ runtime, bus, objects, stored }) => {
    const { deps, pages } = ingestWorld();
    pages.set('https://example.org/', 'A page of a site.');
    const { runs, checkpoints, generations, controls } = deps;
    const documents = memoryDocuments(stored);
    return {
      deps: { ...deps, runtime, bus, objects, documents, inbox: memoryInbox(stored) },
      state: () => [
        ...[runs.runs, runs.parts, checkpoints.checkpoints, checkpoints.fates],
        ...[generations.generations, controls.controls],
      ],
    };
  },

  chunk: ({ runtime, bus, objects }) => ({ deps: { runtime, bus, objects }, state: () => undefined }),

  embed: ({ runtime, bus, objects, store }) => {
    const provider = instantProvider();
    const { deps, batches, model } = embedWorld({ provider });
    // One collection's passages go in batches.
    deps.openModel = async (collection) => (collection === BATCHED ? batchModel(provider) : model);
    return {
      deps: Object.assign(deps, { runtime, bus, objects, store }),
      state: () => [batches.stored],
    };
  },

  compactor: ({ runtime, bus, objects, store }) => {
    const { deps } = compactorWorld();
    const { inbox, doorbell } = deps;
    return {
      // More than one delta is a backlog here, so that merges are tried as well as the plain way.
      deps: { ...deps, runtime, bus, objects, store, fanOutAfterDeltas: 1 },
      state: () => [inbox.waiting, inbox.settled],
      waiting: () => [{ functionName: 'onDoorbell', bodies: doorbell.take() }],
    };
  },

  query: ({ runtime, bus, store, objects }) => {
    const { deps, tail } = queryWorld({ stamp: 'tiny@0123456789ab' });
    return { deps: { ...deps, runtime, bus, store, objects }, state: () => [tail.waiting, tail.settled] };
  },

  orchestrator: ({ runtime, bus, objects, store }) => {
    const { jobs, operations, sessions, outbox, stored, asked, talks, kept } = memoryJobs();
    const progress = memoryProgress();
    return {
      deps: {
        ...{ ...orchestratorWorld().deps, runtime, bus, objects, store },
        ...{ jobs, operations, sessions, outbox, progress },
      },
      state: () => [stored, asked, talks, kept, progress.runs],
    };
  },
};
