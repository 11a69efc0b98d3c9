import {
  assertReadable,
  collectionV1,
  deltaV1,
  indexNamesOf,
  PipelineError,
  type CollectionV1,
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

const readCollection = async (
  { store }: DeletionDeps,
  collection: string,
): Promise<CollectionV1 | undefined> => {
  const object = await readObject(store, `collections/${collection}.json`);
  if (object === undefined) return undefined;
  return assertReadable(collectionV1, JSON.parse(Buffer.from(object.body).toString('utf8')));
};

const unpublished = (collection: string): PipelineError =>
  new PipelineError(`Nothing of the collection "${collection}" is published yet: delete again later`, {
    code: 'COLLECTION_UNPUBLISHED',
    kind: 'unavailable',
    details: { collection },
  });

/** An index by the name under which its deltas lie. */
interface NamedIndex {
  name: string;
  index: IndexV1;
}

// After a switch, the collection's own index is one among the candidates.
const indexOf = (
  name: string,
  collection: string,
  document: CollectionV1 | undefined,
): IndexV1 | undefined => (name === collection ? (document?.ownIndex ?? document?.active) : document?.active);

/** The index that answers, and those that are built beside it and have something to take away. */
const findIndexes = async (deps: DeletionDeps, collection: string): Promise<NamedIndex[]> => {
  const document = await readCollection(deps, collection);
  if (document === undefined) return [];
  const found: NamedIndex[] = [];
  const names = indexNamesOf(collection, document);
  for (const name of names) {
    const named = name === collection ? document : await readCollection(deps, name);
    const index = indexOf(name, collection, named);
    if (index !== undefined) found.push({ name, index });
    else if (name === names[0]) throw unpublished(collection);
  }
  return found;
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

const deleteFrom = async (
  deps: DeletionDeps,
  request: Request,
  index: IndexV1,
): Promise<DeltaCreatedV1['data'] | undefined> => {
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

/**
 * Stores the deltas that take documents away, one for each index of their collection that has one of them. A request that comes again
 * gives the same deltas. Errors: COLLECTION_UNPUBLISHED and those of the store.
 */
export const deleteDocuments = async (
  deps: DeletionDeps,
  request: Request,
): Promise<DeltaCreatedV1['data'][]> => {
  const created: DeltaCreatedV1['data'][] = [];
  for (const { name, index } of await findIndexes(deps, request.collection)) {
    const delta = await deleteFrom(deps, { ...request, collection: name }, index);
    if (delta !== undefined) created.push(delta);
  }
  return created;
};
