import { deltaV1, indexPathOf, type ChunksCreatedV1, type DeltaCreatedV1 } from '@alluvium/contracts';
import { encodeDelta, type DeltaDocument } from '@alluvium/vector-store';
import { deltaIdentity, deltaKey } from './domain/delta-identity.ts';
import type { EmbedDeps, Model } from './ports.ts';

/** A part and the model that embeds it. */
export interface PartOfModel {
  data: Pick<ChunksCreatedV1['data'], 'runId' | 'attempt' | 'part' | 'collection' | 'chunks'>;
  model: Pick<Model, 'stamp' | 'dims'>;
}

/** Documents with as many chunks as there are. */
type Counted = readonly { chunks: readonly unknown[] }[];

const placeOf = ({ data, model }: PartOfModel) => {
  const { runId, part, collection } = data;
  return { deltaId: deltaIdentity(data, model.stamp), collection, runId, part };
};

const announcement = (
  { data, model }: PartOfModel,
  { documents, delta }: { documents: Counted; delta: DeltaCreatedV1['data']['delta'] },
): DeltaCreatedV1['data'] => {
  const path = indexPathOf(data.collection, model.stamp, model.dims);
  return {
    ...placeOf({ data, model }),
    attempt: data.attempt,
    index: { path, modelId: model.stamp, dims: model.dims },
    documents: documents.length,
    records: documents.reduce((sum, { chunks }) => sum + chunks.length, 0),
    delta,
  };
};

/** The delta of a part, when it was stored before: embedding again would cost and give the same. */
export const storedDelta = async (
  { objects }: Pick<EmbedDeps, 'objects'>,
  part: PartOfModel,
  documents: Counted,
): Promise<DeltaCreatedV1['data'] | undefined> => {
  const key = deltaKey(placeOf(part));
  const bytes = await objects.find(key);
  if (bytes === undefined) return undefined;
  return announcement(part, { documents, delta: objects.pointTo(deltaV1.name, key, bytes) });
};

/** Stores the delta of a part; the same chunks and model always give the same object. */
export const storeDelta = async (
  { objects }: Pick<EmbedDeps, 'objects'>,
  part: PartOfModel,
  documents: DeltaDocument[],
): Promise<DeltaCreatedV1['data']> => {
  const { data, model } = part;
  const place = placeOf(part);
  const bytes = encodeDelta({
    ...{ ...place, attempt: data.attempt },
    model: { id: model.stamp, dims: model.dims },
    documents,
  });
  const delta = await objects.writeBytes(deltaV1.name, deltaKey(place), bytes);
  return announcement(part, { documents, delta });
};
