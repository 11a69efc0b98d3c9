import { assertReadable, collectionV1, PipelineError, type CollectionV1 } from '@alluvium/contracts';
import type { ObjectStore } from '@alluvium/vector-store';
import type { KnownCollection, QueryDeps } from './ports.ts';

/** So long a document is believed without asking S3. */
const BELIEVED_MS = 1000;

const notFound = (collection: string): PipelineError =>
  new PipelineError(
    `There is no collection "${collection}". GET /collections lists what there is; a run that ingests into it makes it.`,
    { code: 'COLLECTION_NOT_FOUND', kind: 'invalid', details: { collection } },
  );

const read = async (
  store: ObjectStore,
  collection: string,
  known: KnownCollection | undefined,
): Promise<Omit<KnownCollection, 'readAtMs'> | undefined> => {
  const condition = known === undefined ? {} : { ifNoneMatch: known.etag };
  const object = await store.get(`collections/${collection}.json`, condition);
  if (object === 'not-modified') return known;
  if (object === undefined) return undefined;
  const document = JSON.parse(Buffer.from(object.body).toString('utf8')) as unknown;
  return { document: assertReadable(collectionV1, document), etag: object.etag };
};

/** The document of a collection. Errors: COLLECTION_NOT_FOUND. */
export const findCollection = async (
  { store, clock, residents: { collections } }: Pick<QueryDeps, 'store' | 'clock' | 'residents'>,
  collection: string,
): Promise<CollectionV1> => {
  const known = collections.get(collection);
  const readAtMs = clock.monotonicMs();
  if (known !== undefined && readAtMs - known.readAtMs < BELIEVED_MS) return known.document;
  const found = await read(store, collection, known);
  if (found === undefined || found.document.deletedAt !== undefined) {
    collections.delete(collection);
    throw notFound(collection);
  }
  collections.set(collection, { ...found, readAtMs }, 1);
  return found.document;
};
