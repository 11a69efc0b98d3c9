import {
  indexNamesOf,
  PipelineError,
  type CollectionDetailV1,
  type CollectionRequestV1,
  type CollectionSettingsV1,
  type CollectionV1,
  type EventCause,
  type IndexV1,
} from '@alluvium/contracts';
import {
  announce,
  changeDocument,
  findDocument,
  listDocuments,
  nowOf,
  type CollectionDeps,
} from './collection-documents.ts';
import { freshIndexName } from './fresh-index-name.ts';

const refuse = (code: string, message: string, kind: 'invalid' | 'conflict' = 'invalid'): PipelineError =>
  new PipelineError(message, { code, kind });

const exists = (document: CollectionV1 | undefined): document is CollectionV1 =>
  document !== undefined && document.deletedAt === undefined;

// What comes after a deletion is another collection of the same name: it has the index that was put by for it.
const fresh = (deps: CollectionDeps, collection: string, before: CollectionV1 | undefined): CollectionV1 => {
  const now = nowOf(deps);
  const { indexName, deletedAt: since } = before ?? {};
  return {
    ...{ collection, createdAt: now, updatedAt: now },
    ...(indexName && { indexName }),
    ...(since && { since }),
  };
};

/** Makes the document of a collection, unless there is one. */
export const createCollection = async (
  deps: CollectionDeps,
  collection: string,
  cause: EventCause,
): Promise<void> => {
  const created = await changeDocument(deps, collection, (document) =>
    exists(document) ? undefined : fresh(deps, collection, document),
  );
  if (created !== undefined) await announce(deps, created, { change: 'created' }, cause);
};

const activate = (deps: CollectionDeps, collection: string, active: IndexV1, indexName: string) =>
  changeDocument(deps, collection, (document) => {
    if (document?.active !== undefined || document?.deletedAt !== undefined) return undefined;
    if (document !== undefined && indexNamesOf(collection, document)[0] !== indexName) return undefined;
    return { ...fresh(deps, collection, undefined), ...document, updatedAt: nowOf(deps), active };
  });

/** Lets an index answer for its collection, and for the one it is kept for, unless another one does. */
export const activateIndex = async (
  deps: CollectionDeps,
  indexName: string,
  active: IndexV1,
  cause: EventCause,
): Promise<void> => {
  const changed = [await activate(deps, indexName, active, indexName)];
  const candidateOf = (await findDocument(deps, indexName))?.candidateOf;
  if (candidateOf !== undefined) changed.push(await activate(deps, candidateOf, active, indexName));
  for (const document of changed)
    if (document !== undefined) await announce(deps, document, { change: 'index-switched' }, cause);
};

/** All collections that are not deleted, by name; candidates are told of with their collection. */
export const listCollections = async (deps: Pick<CollectionDeps, 'store'>): Promise<CollectionV1[]> =>
  (await listDocuments(deps)).filter((document) => exists(document) && document.candidateOf === undefined);

/** A collection that is not deleted. Errors: COLLECTION_NOT_FOUND. */
export const getCollection = async (
  deps: Pick<CollectionDeps, 'store'>,
  collection: string,
): Promise<CollectionV1> => {
  const document = await findDocument(deps, collection);
  if (exists(document)) return document;
  throw refuse(
    'COLLECTION_NOT_FOUND',
    `There is no collection "${collection}". GET /collections lists them.`,
  );
};

/** A collection with its index and candidates. Errors: COLLECTION_NOT_FOUND. */
export const describeCollection = async (
  deps: Pick<CollectionDeps, 'store'>,
  name: string,
): Promise<CollectionDetailV1> => {
  const collection = await getCollection(deps, name);
  const [indexName, ...names] = indexNamesOf(name, collection);
  const [index, ...candidates] = await Promise.all(
    [indexName, ...names].map((each) => findDocument(deps, each)),
  );
  return {
    collection,
    ...(index && { index }),
    candidates: candidates.filter((candidate) => candidate !== undefined),
  };
};

/** Creates a collection with its settings. Errors: COLLECTION_EXISTS. */
export const requestCollection = async (
  deps: CollectionDeps,
  { collection, ...settings }: CollectionRequestV1,
): Promise<CollectionV1> => {
  const cause = { correlationId: deps.runtime.origin.newEventId() };
  const before = await findDocument(deps, collection);
  const created = await changeDocument(deps, collection, (document) => {
    if (exists(document)) return undefined;
    return { ...fresh(deps, collection, document), ...settings };
  });
  if (created === undefined) {
    throw refuse('COLLECTION_EXISTS', `There is a collection "${collection}" already.`, 'conflict');
  }
  // The settings of an index lie with the index.
  if (before?.indexName !== undefined) {
    await changeDocument(deps, before.indexName, (document) => document && { ...document, ...settings });
  }
  await announce(deps, created, { change: 'created' }, cause);
  return created;
};

/** Changes settings; a chunker is that of what is ingested from now on. Errors: COLLECTION_NOT_FOUND. */
export const changeSettings = async (
  deps: CollectionDeps,
  collection: string,
  { chunker, retention }: CollectionSettingsV1,
): Promise<CollectionDetailV1> => {
  const { indexName } = await getCollection(deps, collection);
  const settings = { ...(chunker && { chunker }), ...(retention && { retention }), updatedAt: nowOf(deps) };
  const change = (name: string) =>
    changeDocument(deps, name, (document) => (exists(document) ? { ...document, ...settings } : undefined));
  const changed = await change(collection);
  if (indexName !== undefined) await change(indexName);
  const cause = { correlationId: deps.runtime.origin.newEventId() };
  if (changed !== undefined) await announce(deps, changed, { change: 'updated' }, cause);
  return describeCollection(deps, collection);
};

/**
 * Deletes a collection and its candidates: it answers no more, its objects stay until they are collected. What is
 * ingested under its name afterwards goes to another index. Errors: COLLECTION_NOT_FOUND, CANDIDATE_IN_USE.
 */
export const deleteCollection = async (deps: CollectionDeps, collection: string): Promise<void> => {
  const { candidateOf, candidates = [], active } = await getCollection(deps, collection);
  if (candidateOf !== undefined) {
    throw refuse(
      'CANDIDATE_IN_USE',
      `${collection} is an index of ${candidateOf}: delete it at /collections/${candidateOf}/candidates/${collection}.`,
      'conflict',
    );
  }
  const indexName = await freshIndexName(deps, collection);
  const deletedAt = nowOf(deps);
  const deleted = await changeDocument(deps, collection, (document) =>
    exists(document)
      ? { collection, createdAt: document.createdAt, updatedAt: deletedAt, deletedAt, indexName }
      : undefined,
  );
  if (deleted === undefined) return;
  for (const name of candidates)
    if (name !== collection)
      await changeDocument(deps, name, (document) => document && { ...document, deletedAt });
  const cause = { correlationId: deps.runtime.origin.newEventId() };
  await announce(deps, deleted, { change: 'deleted', active }, cause);
};
