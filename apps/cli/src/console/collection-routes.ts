import { collectionsV1, PipelineError, type CollectionV1 } from '@alluvium/contracts';
import type { ConsoleRequest, ConsoleRoute } from '@alluvium/local';
import type { Recall } from '@alluvium/vector-store';
import { getJson } from '../api-client.ts';
import type { Connection } from '../connection.ts';
import { openCollection } from '../exchange/open-collection.ts';
import { openLeases } from '../snapshots/index-lease.ts';
import { openIndex, type OpenIndex } from '../snapshots/open-index.ts';
import { jsonBody, textOf } from './json-body.ts';

const MOST_IDS = 50;
const MOST_SAMPLES = 1000;
const RECALLS: Record<string, Recall> = { '0.95': 0.95, '0.99': 0.99, exact: 'exact' };

const leaseOf = async ({ path }: OpenIndex) => {
  const { indexLeaseKey } = await import('@alluvium/vector-store');
  return (await openLeases()).read(indexLeaseKey(path));
};

const describe = async (connection: Connection, known: CollectionV1) => {
  if (known.active === undefined) return known;
  const index = await openIndex(known.collection, connection);
  const { openSnapshot } = await import('@alluvium/vector-store');
  const snapshot = await openSnapshot(index.store, index.path);
  return { ...known, snapshot: snapshot?.describe() };
};

const versionsOf = async (connection: Connection, { params }: ConsoleRequest) => {
  const index = await openIndex(params['collection'] ?? '', connection);
  const { readVersions } = await import('@alluvium/vector-store');
  const [versions, lease] = await Promise.all([readVersions(index.store, index.path), leaseOf(index)]);
  return { versions: versions.filter(({ state }) => state !== 'expired'), lease: lease ?? null };
};

const diff = async (connection: Connection, { params, query }: ConsoleRequest) => {
  const { store, path } = await openIndex(params['collection'] ?? '', connection);
  const { diffVersions } = await import('@alluvium/vector-store');
  const range = { from: query.get('from') ?? '', to: query.get('to') ?? '' };
  return diffVersions(store, path, { ...range, limit: MOST_IDS });
};

const measure = async (connection: Connection, request: ConsoleRequest) => {
  const body = await jsonBody(request);
  const [samples, k] = [Number(body['samples'] ?? 100), Number(body['k'] ?? 10)];
  const recall = RECALLS[textOf(body, 'recall') ?? '0.95'];
  if (!(samples >= 1 && samples <= MOST_SAMPLES && k >= 1 && k <= 100) || recall === undefined)
    throw new PipelineError(
      `Ask for 1 to ${MOST_SAMPLES} samples, 1 to 100 results and a recall of 0.95, 0.99 or exact.`,
      { code: 'REQUEST_INVALID', kind: 'invalid' },
    );
  const snapshot = await openCollection(connection, request.params['collection'] ?? '');
  const { measureRecall } = await import('@alluvium/vector-store');
  return measureRecall(snapshot, { samples, k, recall });
};

/** Collections as they lie in the store: sizes, versions, the lock, and how much of the truth a search finds. */
export const collectionRoutes = (connection: Connection): ConsoleRoute[] => [
  {
    method: 'GET',
    path: '/_local/collections',
    handle: async () => {
      const { collections } = await getJson(connection, 'collections', collectionsV1);
      return { collections: await Promise.all(collections.map((known) => describe(connection, known))) };
    },
  },
  {
    method: 'GET',
    path: '/_local/collections/{collection}/versions',
    handle: (request) => versionsOf(connection, request),
  },
  {
    method: 'GET',
    path: '/_local/collections/{collection}/diff',
    handle: (request) => diff(connection, request),
  },
  {
    method: 'POST',
    path: '/_local/collections/{collection}/recall',
    handle: (request) => measure(connection, request),
  },
];
