import type { Json } from '../connector.ts';
import type { MarvelCollection, MarvelEntity } from './marvel-types.ts';

/** Where the changes of one collection begin, and the etag of the last answer to that question. */
export interface CollectionState {
  modifiedSince: string;
  etag?: string;
}

/** What a crawl leaves to the next one. */
export interface MarvelState {
  fullAtMs: number;
  collections: Partial<Record<MarvelCollection, CollectionState>>;
}

/** An entity whose lists are longer than what its own record tells. */
export interface PendingEntity {
  collection: MarvelCollection;
  entity: MarvelEntity;
  validator: string;
  lists: string[];
  /** Next offset in the first of the lists. */
  offset: number;
}

/** The entities of one page that wait for the rest of their lists. */
export interface MarvelPlan {
  pending: PendingEntity[];
}

/** Where a crawl stands. */
export interface MarvelCursor {
  mode: 'full' | 'changes';
  startedMs: number;
  /** Index among the collections that are read. */
  collection: number;
  offset: number;
  /** Last ids of the page before, by which it is told whether the pages moved. */
  tail: number[];
  done: MarvelState['collections'];
  /** Entities of the collection that came by in this pass through it. */
  count: number;
  /** True for the second pass, which follows one that saw fewer than there are. */
  again: boolean;
  /** True when a collection stayed short after both. */
  short: boolean;
  /** Which entity of the plan is to be completed next; -1 when none is. */
  waiting: number;
  /** That entity, when some of its lists were read. */
  partial?: PendingEntity;
  attribution: string;
}

const DAY_MS = 24 * 3600 * 1000;

/** State and cursor are JSON; what comes back is what was given away. */
export const asJson = (value: MarvelCursor | MarvelPlan | MarvelState): Json => value as unknown as Json;

/** The cursor of a crawl that begins now: of everything when the last such crawl is too long ago. */
export const firstCursor = (
  state: MarvelState | undefined,
  { nowMs, fullEveryDays }: { nowMs: number; fullEveryDays: number },
): MarvelCursor => {
  const isFull = state === undefined || nowMs - state.fullAtMs >= fullEveryDays * DAY_MS;
  const mode = isFull ? 'full' : 'changes';
  return {
    ...{ mode, startedMs: nowMs, collection: 0, offset: 0 },
    ...{ tail: [], done: {}, count: 0, again: false, short: false },
    ...{ waiting: -1, attribution: '' },
  };
};

// A day earlier: `modified` is told in a zone of its own, and clocks differ.
const sinceStart = ({ startedMs }: MarvelCursor): CollectionState => ({
  modifiedSince: new Date(startedMs - DAY_MS).toISOString().replace(/\.\d+Z$/, '+0000'),
});

/** The cursor behind the last page of a collection; `unchanged` keeps asking the same question next time. */
export const nextCollection = (
  cursor: MarvelCursor,
  name: MarvelCollection,
  unchanged?: CollectionState,
): MarvelCursor => ({
  ...cursor,
  collection: cursor.collection + 1,
  ...{ offset: 0, tail: [], count: 0, again: false },
  done: { ...cursor.done, [name]: unchanged ?? sinceStart(cursor) },
});

/**
 * The cursor behind the last page of a collection that has `total` entities. Pages that move can hide an entity: one
 * that was told to have changed long ago goes where the crawl has been. Then the collection is read once more.
 */
export const afterLast = (
  cursor: MarvelCursor,
  total: number,
  { name, unchanged }: { name: MarvelCollection; unchanged: CollectionState | undefined },
): MarvelCursor => {
  const isShort = cursor.count < total;
  if (isShort && !cursor.again) return { ...cursor, offset: 0, tail: [], count: 0, again: true };
  return nextCollection({ ...cursor, short: cursor.short || isShort }, name, unchanged);
};
