import {
  assertReadable,
  collectionV1,
  deltaV1,
  PipelineError,
  type DeltaCreatedV1,
  type DocumentsDeleteRequestedV1,
  type IndexV1,
} from '@alluvium/contracts';
import { decodeDelta, encodeDelta, readObject } from '@alluvium/vector-store';
import { deletionPlace, deltaKey, type DeltaPlace } from './domain/delta-identity.ts';
import { tombstoneOf } from './domain/tombstone.ts';
import { knownDocuments } from './known-documents.ts';
import type { DeletionDeps } from './ports.ts';

type Request = DocumentsDeleteRequestedV1['data'];

const findIndex = async ({ store }: DeletionDeps, collection: string): Promise<IndexV1 | undefined> => {
  const object = await readObject(store, `collections/${collection}.json`);
  if (object === undefined) return undefined;
  const { active } = assertReadable(collectionV1, JSON.parse(Buffer.from(object.body).toString('utf8')));
  if (active !== undefined) return active;
  throw new PipelineError(`Nothing of the collection "${collection}" is published yet: delete again later`, {
    code: 'COLLECTION_UNPUBLISHED',
    kind: 'unavailable',
    details: { collection },
  });
};

const tombstonesFor = async (
  deps: DeletionDeps,
  { request, index, place }: { request: Request; index: IndexV1; place: DeltaPlace },
): Promise<Uint8Array> => {
  const { collection, documentIds } = request;
  const known = await knownDocuments(deps, { collection, index }, documentIds);
  return encodeDelta({
    ...{ ...place, attempt: 1 },
    model: { id: index.modelId, dims: index.dims },
    documents: known.filter(({ deleted }) => !deleted).map(tombstoneOf),
  });
};

/**
 * Stores the delta that takes documents away from the active index of their collection; undefined when nothing is to be taken away.
 * A request that comes again gives the same delta. Errors: COLLECTION_UNPUBLISHED and those of the store.
 */
export const deleteDocuments = async (
  deps: DeletionDeps,
  request: Request,
): Promise<DeltaCreatedV1['data'] | undefined> => {
  const index = await findIndex(deps, request.collection);
  if (index === undefined) return undefined;
  const place = deletionPlace(request, index.path);
  const key = deltaKey(place);
  const stored = await deps.objects.find(key);
  const bytes = stored ?? (await tombstonesFor(deps, { request, index, place }));
  const delta = await deps.objects.writeBytes(deltaV1.name, key, bytes);
  // Another delivery may have been first: what it stored counts.
  const { documents } = decodeDelta((await deps.objects.find(key)) ?? bytes);
  if (documents.length === 0) return undefined;
  return { ...place, attempt: 1, index, documents: documents.length, records: 0, delta };
};
