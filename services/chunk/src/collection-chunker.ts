import { assertReadable, collectionV1, PipelineError, type CollectionV1 } from '@alluvium/contracts';
import { DEFAULT_CHUNKER, makeChunker, type Chunker } from '@alluvium/text';
import type { ChunkDeps } from './ports.ts';
import { tokenCounters } from './token-counters.ts';

const COUNTS_TOKENS = 'token';

/** The document of a collection; undefined while there is none. */
export const readCollection = async (
  { objects }: Pick<ChunkDeps, 'objects'>,
  collection: string,
): Promise<CollectionV1 | undefined> => {
  const bytes = await objects.find(`collections/${collection}.json`);
  if (bytes === undefined) return undefined;
  return assertReadable(collectionV1, JSON.parse(Buffer.from(bytes).toString('utf8')));
};

/** All vectors of an index are of one model, `<id>@<12 hex>`. */
const modelOf = ({ collection, active, model }: CollectionV1, fallback: ChunkDeps['modelId']): string => {
  const modelId = active?.modelId.split('@')[0] ?? model ?? fallback?.();
  if (modelId !== undefined) return modelId;
  throw new PipelineError(`no model is set whose tokens could be counted for the collection ${collection}`, {
    code: 'CONFIG_MISSING',
    kind: 'internal',
    details: { collection },
  });
};

/** Gives the chunker that a collection names. */
export type ChunkerOf = (collection: string) => Promise<Chunker>;

/**
 * Chunkers as the documents of collections name them; the default where none is named, or where there is no document yet: a
 * collection is recorded while its first parts are already on their way. What is read once stays warm but for the
 * document, which may change. Errors: CHUNKER_UNKNOWN, CHUNKER_OPTIONS_INVALID, MODEL_MISSING, MODEL_CORRUPT, MODEL_INVALID.
 */
export const chunkersOf = (deps: Pick<ChunkDeps, 'objects' | 'modelId'>): ChunkerOf => {
  const openCounter = tokenCounters(deps.objects);
  return async (collection) => {
    const document = await readCollection(deps, collection);
    if (document?.chunker === undefined) return makeChunker(DEFAULT_CHUNKER);
    if (document.chunker.strategy !== COUNTS_TOKENS) return makeChunker(document.chunker);
    const counter = await openCounter(modelOf(document, deps.modelId));
    return makeChunker(document.chunker, { tokenCounter: () => counter });
  };
};
