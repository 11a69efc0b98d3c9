import { chunkedDocumentV1, type ChunksCreatedV1, type DeltaCreatedV1 } from '@alluvium/contracts';
import type { Context } from 'aws-lambda';
import { deltaDocuments, passagesOf } from './domain/delta-documents.ts';
import type { EmbedDeps } from './ports.ts';
import { storedDelta, storeDelta } from './store-delta.ts';
import { submitPart } from './submit-part.ts';

/**
 * Embeds the chunks of one part and stores the delta, or orders the vectors from a provider that takes batches: then there is no delta
 * yet. Errors: those of the model and of the provider.
 */
export const embedPart = async (
  deps: EmbedDeps,
  event: ChunksCreatedV1,
  context: Context,
): Promise<DeltaCreatedV1['data'] | undefined> => {
  const { data } = event;
  const model = await deps.openModel(data.collection);
  const part = { data, model };
  const chunked = await deps.objects.readRecords(chunkedDocumentV1, data.chunks);
  const stored = await storedDelta(deps, part, chunked);
  if (stored !== undefined) return stored;
  const passages = passagesOf(chunked);
  // Nothing but deletions needs no provider.
  if (model.batches !== undefined && passages.length > 0) {
    await submitPart(deps, { event, provider: model.batches, records: passages.length }, context);
    return undefined;
  }
  return storeDelta(deps, part, deltaDocuments(chunked, await model.embedPassages(passages)));
};
