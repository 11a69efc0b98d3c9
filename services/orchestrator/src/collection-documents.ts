import {
  assertProduced,
  assertReadable,
  collectionChangedV1,
  collectionV1,
  hasCode,
  PipelineError,
  sha256Hex,
  type CollectionV1,
  type EventCause,
  type IndexV1,
} from '@alluvium/contracts';
import { readObject } from '@alluvium/vector-store';
import type { OrchestratorDeps } from './ports.ts';

const PREFIX = 'collections/';
const MAX_TRIES = 10;

/** What the documents of collections need. */
export type CollectionDeps = Pick<OrchestratorDeps, 'store' | 'runtime' | 'objects' | 'bus'>;

type Store = Pick<OrchestratorDeps, 'store'>;

const keyOf = (collection: string): string => `${PREFIX}${collection}.json`;

const read = async ({ store }: Store, key: string) => {
  const object = await readObject(store, key);
  if (object === undefined) return undefined;
  const document = JSON.parse(Buffer.from(object.body).toString('utf8')) as unknown;
  return { document: assertReadable(collectionV1, document), etag: object.etag };
};

/** False when somebody else wrote first. */
const write = async (
  { store }: Store,
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

/** The time as documents and events have it. */
export const nowOf = ({ runtime }: Pick<OrchestratorDeps, 'runtime'>): string =>
  new Date(runtime.origin.nowMs()).toISOString();

/** The document of a collection, a deleted one too. */
export const findDocument = async (deps: Store, collection: string): Promise<CollectionV1 | undefined> =>
  (await read(deps, keyOf(collection)))?.document;

/** All documents whose collections' names begin so. */
export const listDocuments = async (deps: Store, names = ''): Promise<CollectionV1[]> => {
  const keys: string[] = [];
  for await (const { key } of deps.store.list(PREFIX + names)) if (key.endsWith('.json')) keys.push(key);
  const found = await Promise.all(keys.map((key) => read(deps, key)));
  return found.flatMap((entry) => (entry === undefined ? [] : [entry.document]));
};

/**
 * Changes a document; `next` is asked again when somebody else was first, and answers undefined when nothing is to be
 * changed. Gives what was written. Errors: COLLECTION_BUSY.
 */
export const changeDocument = async (
  deps: Store,
  collection: string,
  next: (document: CollectionV1 | undefined) => CollectionV1 | undefined,
): Promise<CollectionV1 | undefined> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const found = await read(deps, keyOf(collection));
    const document = next(found?.document);
    if (document === undefined) return undefined;
    if (await write(deps, document, found?.etag)) return document;
  }
  throw new PipelineError(`The collection ${collection} was changed by others ${MAX_TRIES} times in a row`, {
    code: 'COLLECTION_BUSY',
    kind: 'conflict',
    details: { collection },
  });
};

/** What happened to a collection. */
export interface Announcement {
  change: 'created' | 'updated' | 'index-switched' | 'deleted';
  /** The index that answers, or answered until now. */
  active?: IndexV1 | undefined;
}

/** Tells the others; the record that the event points to is a copy, since the document goes on changing. */
export const announce = async (
  deps: CollectionDeps,
  document: CollectionV1,
  { change, active = document.active }: Announcement,
  cause: EventCause,
): Promise<void> => {
  const { collection } = document;
  const version = sha256Hex(JSON.stringify(document)).slice(0, 26);
  const record = await deps.objects.writeDocument(
    collectionV1,
    `jobs/collections/${collection}/${version}.json`,
    document,
  );
  const data = { collection, change, changedAt: document.updatedAt, record, ...(active && { active }) };
  await deps.bus.publish(collectionChangedV1, data, cause);
};
