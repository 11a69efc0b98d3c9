import type { Embedder } from '@alluvium/embedding';
import type { BatchProvider } from '@alluvium/embedding-providers';
import type { EventBus, Objects, RuleSwitch, Runtime } from '@alluvium/lambda-kit';
import type { ObjectStore } from '@alluvium/vector-store';
import type { Context } from 'aws-lambda';
import type { Batch, Order } from './domain/batch.ts';

/** A model that is ready to embed. */
export interface Model extends Pick<Embedder, 'stamp' | 'dims' | 'embedPassages'> {
  /** Of a provider that takes passages in batches: then these take them, and nothing else does. */
  batches?: BatchProvider;
}

/** Gives the model of a collection that is open already, or opens it. */
export type OpenModel = (collection: string) => Promise<Model>;

/** Batches by id, and a mark on each that is open. */
export interface BatchTable {
  /** Marks a batch as open and keeps it unless it is there; gives what is there. */
  add: (batch: Batch) => Promise<Batch>;
  find: (batchId: string) => Promise<Batch | undefined>;
  /** Replaces the revision that was read; takes the mark from one that is over. Errors: BATCH_CHANGED. */
  save: (batch: Batch) => Promise<Batch>;
  /** The batches that are not over. */
  open: () => Promise<Batch[]>;
  /** Whether any batch is marked as open, also one that is just being added. */
  isAnyOpen: () => Promise<boolean>;
  /** Number of the next look at a batch, from 1. */
  countPoll: (batchId: string) => Promise<number>;
}

/** What batches of a provider need of the world. */
export interface BatchDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  /** The same bucket, for the engine. */
  store: ObjectStore;
  batches: BatchTable;
  /** The clock that asks for polls. */
  schedule: RuleSwitch;
  /** The provider of a model, by the model's id. */
  openProvider: (modelId: string) => Promise<BatchProvider>;
  /** Makes an order once by its key, whoever asks how often; gives the provider's id of the batch. */
  orderOnce: (order: Order, context: Context) => Promise<string>;
}

/** What the embed service needs of the world. */
export interface EmbedDeps extends BatchDeps {
  openModel: OpenModel;
}

/** What a deletion needs of it. */
export type DeletionDeps = Pick<BatchDeps, 'runtime' | 'bus' | 'objects' | 'store'>;
