import type { EventBus, Objects, Runtime } from '@alluvium/lambda-kit';

/** What the chunk service needs of the world. */
export interface ChunkDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  /** Model whose tokens are counted for a collection that has no index yet. */
  modelId?: () => string;
}
