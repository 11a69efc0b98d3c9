import type { IndexV1, RetrieveBatchResponseV1, RetrieveResponseV1 } from '@alluvium/contracts';
import { asOurs } from './as-ours.ts';
import { countingStore } from './counting-store.ts';
import { assertSameQuery, queryFingerprint } from './domain/page-cursor.ts';
import type { Search } from './domain/search.ts';
import { assertOfIndex } from './embed-query.ts';
import { findCollection } from './find-collection.ts';
import type { QueryDeps } from './ports.ts';
import { emptyAnswer, searchIndex } from './search-index.ts';

// What the request says of the index, before anything is read of it.
const assertAsked = (search: Search, index: IndexV1): void => {
  assertOfIndex(search, index);
  if (search.cursor !== undefined) assertSameQuery(search.cursor, queryFingerprint(search, index.path));
};

const retrieveAll = async (deps: QueryDeps, queries: readonly Search[]): Promise<RetrieveResponseV1[]> => {
  const startedMs = deps.clock.monotonicMs();
  const counting = countingStore(deps.store);
  const [{ collection }] = queries as [Search];
  const { active: index } = await findCollection({ ...deps, store: counting.store }, collection);
  if (index) for (const search of queries) assertAsked(search, index);
  const answers = index
    ? await searchIndex(deps, { queries, index, counting }).catch((error: unknown) => {
        throw asOurs(error);
      })
    : queries.map(() => emptyAnswer({ requests: 0, bytes: 0 }));
  const totalMs = deps.clock.monotonicMs() - startedMs;
  return answers.map((answer, at) => {
    const { mode, consistency } = queries[at] as Search;
    // The search counts for itself: its reads go through the store of whichever request opened the snapshot.
    const opening = at === 0 ? counting.read : { requests: 0, bytes: 0 };
    return {
      ...answer,
      ...{ collection, mode, consistency },
      read: { requests: answer.read.requests + opening.requests, bytes: answer.read.bytes + opening.bytes },
      timings: { ...answer.timings, totalMs },
    };
  });
};

/**
 * Searches the active index of a collection; one where nothing was published yet has no results and no snapshot.
 * Errors: COLLECTION_NOT_FOUND, CURSOR_EXPIRED, CURSOR_INVALID, DIMENSION_MISMATCH, MODEL_MISMATCH, MODEL_MISSING, TAIL_TOO_LARGE
 * and those of the store; of the past AS_OF_INVALID, TAG_UNKNOWN, VERSION_EXPIRED, VERSION_UNKNOWN.
 */
export const retrieve = async (deps: QueryDeps, search: Search): Promise<RetrieveResponseV1> => {
  const [answer] = await retrieveAll(deps, [search]);
  return answer as RetrieveResponseV1;
};

/**
 * Searches one version with several queries, of which collection, consistency and asOf are the same; what opening the version read
 * is in the first answer. Errors: see `retrieve`.
 */
export const retrieveBatch = async (
  deps: QueryDeps,
  queries: readonly Search[],
): Promise<RetrieveBatchResponseV1> => ({ answers: await retrieveAll(deps, queries) });
