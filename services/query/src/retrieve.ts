import {
  hasCode,
  isPipelineError,
  PipelineError,
  type IndexV1,
  type RetrieveResponseV1,
} from '@alluvium/contracts';
import { searchWithTail, type ReadMeter, type TailSearchResult } from '@alluvium/vector-store';
import { countingStore } from './counting-store.ts';
import type { Search } from './domain/retrieve-request.ts';
import { explanationOf, resultOf, snapshotOf, tailOf } from './domain/retrieve-response.ts';
import { findCollection } from './find-collection.ts';
import { modelOfIndex } from './model-of-index.ts';
import { openIndex, type OpenIndex } from './open-index.ts';
import type { QueryDeps } from './ports.ts';

type Answer = Omit<RetrieveResponseV1, 'collection' | 'mode' | 'consistency'>;

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

const settled = <T>(result: PromiseSettledResult<T>): T => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

/** One search of one version. */
interface Attempt {
  search: Search;
  index: IndexV1;
  counting: ReturnType<typeof countingStore>;
}

interface Found {
  opened: OpenIndex;
  embedded: Embedded | undefined;
  result: TailSearchResult;
  read: ReadMeter;
  timings: { embedMs: number; openMs: number; searchMs: number };
}

const attempt = async (deps: QueryDeps, { search, index, counting }: Attempt): Promise<Found | undefined> => {
  const { consistency, asOf, collection: _, ...query } = search;
  const [embedding, opening] = await Promise.allSettled([
    timed(deps, () => embed(deps, search, index)),
    timed(deps, () =>
      openIndex(deps, counting.store, { index, consistency, ...(asOf !== undefined && { asOf }) }),
    ),
  ]);
  const { value: opened, ms: openMs } = settled(opening);
  const { snapshot, tail } = opened;
  if (snapshot === undefined && tail.deltas.length === 0) return undefined;
  // Only now: where there is nothing to search, nobody minds a model that is not there.
  const { value: embedded, ms: embedMs } = settled(embedding);
  // The search counts for itself: its reads go through the store of whichever request opened the snapshot.
  const { requests, bytes } = counting.read;
  const target = { snapshot, deltas: tail.deltas, dims: index.dims, clock: deps.clock };
  const { value: result, ms: searchMs } = await timed(deps, () =>
    searchWithTail(target, { ...query, ...(embedded && { vector: embedded.vector }) }),
  );
  const read = { requests: requests + result.read.requests, bytes: bytes + result.read.bytes };
  return { opened, embedded, result, read, timings: { embedMs, openMs, searchMs } };
};

// A reader slower than garbage collection finds its version's objects gone: it begins once more with the newest.
const attemptTwice = async (deps: QueryDeps, what: Attempt): Promise<Found | undefined> => {
  try {
    return await attempt(deps, what);
  } catch (error) {
    if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    return attempt(deps, what);
  }
};

const searchIndex = async (deps: QueryDeps, search: Search, index: IndexV1 | undefined): Promise<Answer> => {
  const counting = countingStore(deps.store);
  const found = index && (await attemptTwice(deps, { search, index, counting }));
  if (found === undefined) {
    const timings = { embedMs: 0, openMs: 0, searchMs: 0, totalMs: 0 };
    return { results: [], matched: 0, read: counting.read, timings };
  }
  const { opened, embedded, result, read, timings } = found;
  const { totalMs, ...split } = result.timings;
  // The past is asked rarely: it is not loaded ahead.
  if (opened.snapshot !== undefined && search.asOf === undefined) deps.residents.warmer.warm(opened.snapshot);
  return {
    results: result.hits.map(resultOf),
    ...(embedded && { model: embedded.model }),
    ...(result.snapshot && { snapshot: snapshotOf(result.snapshot) }),
    ...(search.consistency === 'tail' && { tail: tailOf(opened.tail) }),
    matched: result.matched,
    read,
    timings: { ...split, ...timings, totalMs },
    ...explanationOf(result),
  };
};

/** What only the store can tell of a request. */
const ASKED_AMISS = new Set(['AS_OF_INVALID', 'TAG_UNKNOWN', 'VERSION_EXPIRED', 'VERSION_UNKNOWN']);

// What else the request could be blamed for was refused before: an index or a model that is invalid is our affair.
const asOurs = (error: unknown): unknown =>
  isPipelineError(error) && error.kind === 'invalid' && !ASKED_AMISS.has(error.code)
    ? new PipelineError(error.message, {
        code: error.code,
        kind: 'internal',
        details: error.details,
        cause: error,
      })
    : error;

/**
 * Searches the active index of a collection; one where nothing was published yet has no results and no snapshot.
 * Errors: COLLECTION_NOT_FOUND, MODEL_MISMATCH, MODEL_MISSING and those of the store; of the past AS_OF_INVALID, TAG_UNKNOWN,
 * VERSION_EXPIRED, VERSION_UNKNOWN.
 */
export const retrieve = async (deps: QueryDeps, search: Search): Promise<RetrieveResponseV1> => {
  const startedMs = deps.clock.monotonicMs();
  const { collection, mode, consistency } = search;
  const counting = countingStore(deps.store);
  const { active } = await findCollection({ ...deps, store: counting.store }, collection);
  const found = await searchIndex(deps, search, active).catch((error: unknown) => {
    throw asOurs(error);
  });
  const { requests, bytes } = counting.read;
  return {
    ...found,
    ...{ collection, mode, consistency },
    read: { requests: found.read.requests + requests, bytes: found.read.bytes + bytes },
    timings: { ...found.timings, totalMs: deps.clock.monotonicMs() - startedMs },
  };
};
