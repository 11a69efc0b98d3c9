import type { Embedder } from '@alluvium/embedding';
import type { EventBus, Objects, Runtime } from '@alluvium/lambda-kit';
import type { ObjectStore } from '@alluvium/vector-store';

/** A model that is ready to embed. */
export type Model = Pick<Embedder, 'stamp' | 'dims' | 'embedPassages'>;

/** Gives the model that is open already, or opens it. */
export type OpenModel = () => Promise<Model>;

/** What the embed service needs of the world. */
export interface EmbedDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  openModel: OpenModel;
}

/** What a deletion needs of it. */
export interface DeletionDeps extends Pick<EmbedDeps, 'runtime' | 'bus' | 'objects'> {
  /** The same bucket, for the engine. */
  store: ObjectStore;
}
