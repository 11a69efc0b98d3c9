import {
  chunkedDocumentV1,
  deltaV1,
  indexPathOf,
  type ChunksCreatedV1,
  type DeltaCreatedV1,
} from '@alluvium/contracts';
import { encodeDelta } from '@alluvium/vector-store';
import { deltaDocuments, passagesOf } from './domain/delta-documents.ts';
import { deltaIdentity, deltaKey } from './domain/delta-identity.ts';
import type { EmbedDeps } from './ports.ts';

/** Embeds the chunks of one part and stores the delta; the same chunks and model always give the same object. */
export const embedPart = async (
  { objects, openModel }: Pick<EmbedDeps, 'objects' | 'openModel'>,
  data: ChunksCreatedV1['data'],
): Promise<DeltaCreatedV1['data']> => {
  const { runId, attempt, part, collection } = data;
  const model = await openModel();
  const chunked = await objects.readRecords(chunkedDocumentV1, data.chunks);
  const documents = deltaDocuments(chunked, await model.embedPassages(passagesOf(chunked)));
  const deltaId = deltaIdentity(data, model.stamp);
  const identity = { deltaId, collection, runId, part };
  const bytes = encodeDelta({
    ...identity,
    attempt,
    model: { id: model.stamp, dims: model.dims },
    documents,
  });
  const delta = await objects.writeBytes(deltaV1.name, deltaKey(identity), bytes);
  const path = indexPathOf(collection, model.stamp, model.dims);
  return {
    ...identity,
    attempt,
    index: { path, modelId: model.stamp, dims: model.dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
    delta,
  };
};
