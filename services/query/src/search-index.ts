import { hasCode, type IndexV1, type RetrieveResponseV1 } from '@alluvium/contracts';
import { searchWithTail, type ReadMeter, type TailSearchResult } from '@alluvium/vector-store';
import type { countingStore } from './counting-store.ts';
import { encodeCursor, nextOffset, queryFingerprint, rowsToPage } from './domain/page-cursor.ts';
import type { Search } from './domain/search.ts';
import { explanationOf, resultOf, snapshotOf, tailOf } from './domain/retrieve-response.ts';
import { embedQuery, type Embedded } from './embed-query.ts';
import { openIndex, placeOf, type OpenIndex } from './open-index.ts';
import type { QueryDeps } from './ports.ts';
import { timed, type Timed } from './timed.ts';

/** Searches of one version of an index. */
export interface Searches {
  /** At least one; collection, consistency and asOf are those of the first. */
  queries: readonly Search[];
  index: IndexV1;
  counting: ReturnType<typeof countingStore>;
}

/** All of an answer but what the request says itself. */
export type Answer = Omit<RetrieveResponseV1, 'collection' | 'mode' | 'consistency'>;

/** The answer of an index that has nothing to search. */
export const emptyAnswer = (read: ReadMeter): Answer => ({
  ...{ results: [], matched: 0, read },
  timings: { embedMs: 0, openMs: 0, searchMs: 0, totalMs: 0 },
});

const settled = <T>(result: PromiseSettledResult<T>): T => {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
};

const cursorOf = (search: Search, opened: OpenIndex, { hits }: TailSearchResult): { cursor?: string } => {
  const { wanted } = rowsToPage(search);
  const offset = hits.length < wanted ? undefined : nextOffset(search, wanted);
  if (offset === undefined) return {};
  const query = queryFingerprint(search, opened.index.path);
  return { cursor: encodeCursor({ ...placeOf(opened), offset, query }) };
};

const render = (
  { search, opened, embedded }: { search: Search; opened: OpenIndex; embedded: Embedded | undefined },
  result: TailSearchResult,
): Omit<Answer, 'timings' | 'read'> => ({
  results: result.hits.slice(rowsToPage(search).offset).map(resultOf),
  ...(embedded && { model: embedded.model }),
  ...(result.snapshot && { snapshot: snapshotOf(result.snapshot) }),
  ...(search.consistency !== 'snapshot' && { tail: tailOf(opened.tail) }),
  matched: result.matched,
  ...cursorOf(search, opened, result),
  ...explanationOf(result),
});

/** A search of an index that is open. */
interface Opened {
  search: Search;
  opened: Timed<OpenIndex>;
  embedding: PromiseSettledResult<Timed<Embedded | undefined>>;
}

const searchOpened = async (
  deps: QueryDeps,
  { search, opened: { value: opened, ms: openMs }, embedding }: Opened,
): Promise<Answer> => {
  const { snapshot, tail, index } = opened;
  // Where there is nothing to search, nobody minds a model that is not there.
  if (snapshot === undefined && tail.deltas.length === 0) return emptyAnswer({ requests: 0, bytes: 0 });
  const { value: embedded, ms: embedMs } = settled(embedding);
  const { consistency: _c, asOf: _a, collection: _n, cursor: _p, model: _m, ...query } = search;
  const target = { snapshot, deltas: tail.deltas, dims: index.dims, clock: deps.clock };
  const { value: result, ms: searchMs } = await timed(deps, () =>
    searchWithTail(target, {
      ...query,
      k: rowsToPage(search).wanted,
      ...(embedded && { vector: embedded.vector }),
    }),
  );
  const { totalMs, ...split } = result.timings;
  return {
    ...render({ search, opened, embedded }, result),
    read: result.read,
    timings: { ...split, embedMs, headMs: opened.headMs, openMs, searchMs, totalMs },
  };
};

const attempt = async (deps: QueryDeps, { queries, index, counting }: Searches): Promise<Answer[]> => {
  const [first] = queries as [Search];
  const { consistency, asOf, cursor } = first;
  const [opening, ...embeddings] = await Promise.allSettled([
    timed(deps, () =>
      openIndex(deps, counting.store, {
        ...{ index, consistency },
        ...(asOf !== undefined && { asOf }),
        ...(cursor !== undefined && { cursor }),
      }),
    ),
    ...queries.map((search) => timed(deps, () => embedQuery(deps, search, index))),
  ]);
  const opened = settled(opening);
  const answers: Answer[] = [];
  // One after the other: they share one processor.
  for (const [at, search] of queries.entries())
    answers.push(
      await searchOpened(deps, { search, opened, embedding: embeddings[at] as Opened['embedding'] }),
    );
  const { snapshot } = opened.value;
  // The past is asked rarely: it is not loaded ahead.
  if (snapshot !== undefined && asOf === undefined) deps.residents.warmer.warm(snapshot);
  return answers;
};

/**
 * Searches one version of an index. A reader slower than garbage collection finds its version's objects gone: it begins once more
 * with the newest. Errors: those of opening and of searching.
 */
export const searchIndex = async (deps: QueryDeps, searches: Searches): Promise<Answer[]> => {
  try {
    return await attempt(deps, searches);
  } catch (error) {
    if (!hasCode(error, 'OBJECT_MISSING')) throw error;
    return attempt(deps, searches);
  }
};
