import { indexNamesOf, type ChunksCreatedV1, type DocumentsDerivedV1 } from '@alluvium/contracts';
import { chunkPart } from './chunk-part.ts';
import { readCollection, type ChunkerOf } from './collection-chunker.ts';
import type { ChunkDeps } from './ports.ts';

type Deps = Pick<ChunkDeps, 'objects'> & { chunkerOf: ChunkerOf };

const failedIndexes = new WeakMap<object, string>();

/** Name of the index for which the part could not be cut; undefined when the failure is not of one index. */
export const indexOfFailure = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? failedIndexes.get(error) : undefined;

/**
 * Cuts a part for the index that answers for its collection, and for every candidate that is built beside it: each under its
 * own name, by its own chunker. One that fails keeps no other waiting; the failure of the active index counts first.
 */
export const chunkForIndexes = async (
  deps: Deps,
  data: DocumentsDerivedV1['data'],
  announce: (created: ChunksCreatedV1['data']) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  for (const name of indexNamesOf(data.collection, await readCollection(deps, data.collection))) {
    try {
      await announce(await chunkPart(deps, { ...data, collection: name }));
    } catch (error) {
      if (typeof error === 'object' && error !== null) failedIndexes.set(error, name);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0] as Error;
};
