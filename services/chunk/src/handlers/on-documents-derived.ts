import { chunksCreatedV1, documentsDerivedV1, partFailedV1 } from '@alluvium/contracts';
import { failureOf, onQueue } from '@alluvium/lambda-kit';
import { chunkForIndexes, indexOfFailure } from '../chunk-for-indexes.ts';
import { chunkersOf } from '../collection-chunker.ts';
import type { ChunkDeps } from '../ports.ts';
import { wire } from '../wiring.ts';

export const makeHandler = (deps: ChunkDeps) => {
  const chunkerOf = chunkersOf(deps);
  return onQueue(documentsDerivedV1, deps.runtime, ({ data, metadata }, error) => {
    const { runId, attempt, part } = data;
    const collection = indexOfFailure(error) ?? data.collection;
    const failed = { runId, attempt, part, collection, stage: 'chunk', error: failureOf(error) };
    return deps.bus.publish(partFailedV1, failed, metadata);
  }).run(({ data, metadata }) =>
    chunkForIndexes({ ...deps, chunkerOf }, data, (created) =>
      deps.bus.publish(chunksCreatedV1, created, metadata),
    ),
  );
};

export const handler = makeHandler(wire());
