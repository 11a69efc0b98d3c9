import { isPipelineError, PipelineError, type IndexV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import { openSnapshot, type ObjectStore, type Snapshot } from '@alluvium/vector-store';
import { countingStore } from './counting-store.ts';
import type { Search } from './domain/retrieve-request.ts';
import { explanationOf, resultOf, snapshotOf } from './domain/retrieve-response.ts';
import { findCollection } from './find-collection.ts';
import { modelOfIndex } from './model-of-index.ts';
import type { QueryDeps } from './ports.ts';

interface Timed<T> {
  value: T;
  ms: number;
}

const timed = async <T>({ clock }: QueryDeps, step: () => Promise<T>): Promise<Timed<T>> => {
  const startedMs = clock.monotonicMs();
  const value = await step();
  return { value, ms: clock.monotonicMs() - startedMs };
};

interface Embedded {
  vector: Float32Array;
  model: NonNullable<RetrieveResponseV1['model']>;
}

const embed = async (
  deps: QueryDeps,
  { text, mode }: Search,
  index: IndexV1,
): Promise<Embedded | undefined> => {
  if (mode === 'lexical') return undefined;
  const model = await modelOfIndex(deps, index);
  return { vector: await model.embedQuery(text), model: { id: model.stamp, dims: model.dims } };
};

const open = async (
  { residents: { snapshots }, clock }: QueryDeps,
  store: ObjectStore,
  { path }: IndexV1,
): Promise<Snapshot | undefined> => {
  const previous = snapshots.get(path);
  const snapshot = await openSnapshot(store, path, previous === undefined ? { clock } : { previous, clock });
  if (snapshot !== undefined) snapshots.set(path, snapshot, snapshot.describe().sizeBytes);
  return snapshot;
};

const settled = <T>(result: PromiseSettledResult<T>): T => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

const embedAndOpen = async (
  deps: QueryDeps,
  search: Search,
  { index, store }: { index: IndexV1; store: ObjectStore },
): Promise<[PromiseSettledResult<Timed<Embedded | undefined>>, Timed<Snapshot | undefined>]> => {
  const [embedded, opened] = await Promise.allSettled([
    timed(deps, () => embed(deps, search, index)),
    timed(deps, () => open(deps, store, index)),
  ]);
  return [embedded, settled(opened)];
};

const searchIndex = async (
  deps: QueryDeps,
  search: Search,
  index: IndexV1 | undefined,
): Promise<Omit<RetrieveResponseV1, 'collection' | 'mode'>> => {
  const counting = countingStore(deps.store);
  const timings = { embedMs: 0, openMs: 0, searchMs: 0, totalMs: 0 };
  const nothing = { results: [], matched: 0, read: counting.read, timings };
  if (index === undefined) return nothing;
  const [embedded, opening] = await embedAndOpen(deps, search, { index, store: counting.store });
  timings.openMs = opening.ms;
  const snapshot = opening.value;
  if (snapshot === undefined) return nothing;
  // Only now: where nothing is published, nobody minds a model that is not there.
  const embedding = settled(embedded);
  timings.embedMs = embedding.ms;
  const read = { ...counting.read };
  const { collection: _, ...query } = search;
  const vector = embedding.value === undefined ? {} : { vector: embedding.value.vector };
  const searching = await timed(deps, () => snapshot.search({ ...query, ...vector }));
  const found = searching.value;
  const { totalMs: _total, ...split } = found.timings;
  return {
    results: found.hits.map(resultOf),
    ...(embedding.value === undefined ? {} : { model: embedding.value.model }),
    snapshot: snapshotOf(snapshot.describe()),
    matched: found.matched,
    read: { requests: read.requests + found.read.requests, bytes: read.bytes + found.read.bytes },
    timings: { ...timings, ...split, searchMs: searching.ms },
    ...explanationOf(found),
  };
};

// What the request could be blamed for was refused before: an index or a model that is invalid is our affair.
const asOurs = (error: unknown): unknown =>
  isPipelineError(error) && error.kind === 'invalid'
    ? new PipelineError(error.message, {
        code: error.code,
        kind: 'internal',
        details: error.details,
        cause: error,
      })
    : error;

/**
 * Searches the active index of a collection; one where nothing was published yet has no results and no snapshot.
 * Errors: COLLECTION_NOT_FOUND, MODEL_MISMATCH, MODEL_MISSING and those of the store.
 */
export const retrieve = async (deps: QueryDeps, search: Search): Promise<RetrieveResponseV1> => {
  const startedMs = deps.clock.monotonicMs();
  const counting = countingStore(deps.store);
  const { active } = await findCollection({ ...deps, store: counting.store }, search.collection);
  const found = await searchIndex(deps, search, active).catch((error: unknown) => {
    throw asOurs(error);
  });
  const { requests, bytes } = counting.read;
  return {
    ...found,
    collection: search.collection,
    mode: search.mode,
    read: { requests: found.read.requests + requests, bytes: found.read.bytes + bytes },
    timings: { ...found.timings, totalMs: deps.clock.monotonicMs() - startedMs },
  };
};
