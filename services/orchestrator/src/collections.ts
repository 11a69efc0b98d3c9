import {
  assertProduced,
  assertReadable,
  collectionV1,
  hasCode,
  PipelineError,
  type CollectionV1,
  type IndexV1,
} from '@alluvium/contracts';
import { readObject, type ObjectStore } from '@alluvium/vector-store';
import type { OrchestratorDeps } from './ports.ts';

const PREFIX = 'collections/';
const MAX_TRIES = 10;

type CollectionDeps = Pick<OrchestratorDeps, 'store' | 'runtime'>;

const keyOf = (collection: string): string => `${PREFIX}${collection}.json`;

const read = async (store: ObjectStore, key: string) => {
  const object = await readObject(store, key);
  if (object === undefined) return undefined;
  const document = JSON.parse(Buffer.from(object.body).toString('utf8')) as unknown;
  return { document: assertReadable(collectionV1, document), etag: object.etag };
};

/** False when somebody else wrote first. */
const write = async (
  store: ObjectStore,
  document: CollectionV1,
  etag: string | undefined,
): Promise<boolean> => {
  const body = Buffer.from(JSON.stringify(assertProduced(collectionV1, document)));
  const condition = etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag };
  try {
    await store.put(keyOf(document.collection), body, condition, { contentType: 'application/json' });
    return true;
  } catch (error) {
    if (hasCode(error, 'PRECONDITION_FAILED')) return false;
    throw error;
  }
};

const change = async (
  { store }: CollectionDeps,
  collection: string,
  next: (document: CollectionV1 | undefined) => CollectionV1 | undefined,
): Promise<void> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await read(store, keyOf(collection));
    const document = next(found?.document);
    if (document === undefined || (await write(store, document, found?.etag))) return;
  }
  throw new PipelineError(`The collection ${collection} was changed by others ${MAX_TRIES} times in a row`, {
    code: 'COLLECTION_BUSY',
    kind: 'conflict',
    details: { collection },
  });
};

const fresh = ({ runtime }: CollectionDeps, collection: string): CollectionV1 => {
  const now = new Date(runtime.origin.nowMs()).toISOString();
  return { collection, createdAt: now, updatedAt: now };
};

/** Makes the document of a collection, unless there is one. */
export const createCollection = (deps: CollectionDeps, collection: string): Promise<void> =>
  change(deps, collection, (document) => (document === undefined ? fresh(deps, collection) : undefined));

/** Lets an index answer for its collection, unless another one does. */
export const activateIndex = (deps: CollectionDeps, collection: string, active: IndexV1): Promise<void> =>
  change(deps, collection, (document) => {
    if (document?.active !== undefined) return undefined;
    const { updatedAt, ...rest } = fresh(deps, collection);
    return { ...rest, ...document, updatedAt, active };
  });

/** The document of a collection, if there is one. */
export const findCollection = async (
  { store }: Pick<CollectionDeps, 'store'>,
  collection: string,
): Promise<CollectionV1 | undefined> => (await read(store, keyOf(collection)))?.document;

/** All collections, by name. */
export const listCollections = async ({ store }: Pick<CollectionDeps, 'store'>): Promise<CollectionV1[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list(PREFIX)) if (key.endsWith('.json')) keys.push(key);
  const found = await Promise.all(keys.map((key) => read(store, key)));
  return found.flatMap((entry) => (entry === undefined ? [] : [entry.document]));
};
