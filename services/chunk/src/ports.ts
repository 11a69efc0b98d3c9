import type { EventBus, Objects, Runtime } from '@alluvium/lambda-kit';

/** What the chunk service needs of the world. */
export interface ChunkDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
}
