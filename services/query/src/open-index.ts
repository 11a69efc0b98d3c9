import { hasCode, PipelineError, type IndexV1 } from '@alluvium/contracts';
import { openSnapshot, type ObjectStore, type Snapshot } from '@alluvium/vector-store';
import { cursorExpired, tailFingerprint } from './domain/page-cursor.ts';
import type { PageCursor, Search } from './domain/search.ts';
import type { QueryDeps } from './ports.ts';
import { NO_TAIL, readTail, type Tail } from './read-tail.ts';
import { timed } from './timed.ts';

/** What of an index is to be opened. */
export type Wanted = { index: IndexV1 } & Pick<Search, 'consistency' | 'asOf' | 'cursor'>;

/** What one search looks at, from its beginning to its end. */
export interface OpenIndex {
  index: IndexV1;
  /** Undefined while nothing is published. */
  snapshot: Snapshot | undefined;
  tail: Tail;
  /** What reading HEAD and what it names took. */
  headMs: number;
}

// A number as text is a version.
const versionOf = (asOf: string): number | string => (/^\d{1,15}$/.test(asOf) ? Number(asOf) : asOf);

const openVersion = async (
  { residents: { snapshots, planes }, clock }: QueryDeps,
  store: ObjectStore,
  { index: { path }, asOf }: Wanted,
): Promise<Snapshot | undefined> => {
  const previous = snapshots.get(path);
  const options = { clock, cache: planes, ...(previous && { previous }) };
  if (asOf !== undefined) return openSnapshot(store, path, { ...options, asOf: versionOf(asOf) });
  const snapshot = await openSnapshot(store, path, options);
  if (snapshot !== undefined) snapshots.set(path, snapshot, 1);
  return snapshot;
};

const assertWhole = ({ deltas, omitted }: Tail): void => {
  if (omitted === 0) return;
  throw new PipelineError(
    `${omitted} of the ${omitted + deltas.length} deltas that wait to be settled cannot be searched now: come again when a ` +
      'compaction has settled them, or search with consistency=tail.',
    { code: 'TAIL_TOO_LARGE', kind: 'unavailable', details: { omitted } },
  );
};

// The tail is listed before HEAD is read: a delta that is published in between is in both and counts once; the other way round it
// would be in neither.
const openNow = async (deps: QueryDeps, store: ObjectStore, wanted: Wanted): Promise<OpenIndex> => {
  const { index, consistency } = wanted;
  const pending = consistency === 'snapshot' ? [] : await deps.tail.pending(index.path);
  const { value: snapshot, ms: headMs } = await timed(deps, () => openVersion(deps, store, wanted));
  if (pending.length === 0) return { index, snapshot, tail: NO_TAIL, headMs };
  const tail = await readTail(deps, store, { indexPath: index.path, snapshot, pending });
  if (consistency === 'tail-strict') assertWhole(tail);
  return { index, snapshot, tail, headMs };
};

/** What an open index is, as a cursor names it. */
export const placeOf = ({ snapshot, tail }: OpenIndex): Pick<PageCursor, 'version' | 'tail'> => ({
  version: snapshot?.version ?? 0,
  tail: tailFingerprint(tail.deltas.map(({ deltaId }) => deltaId)),
});

const openPast = async (
  deps: QueryDeps,
  store: ObjectStore,
  { index, cursor }: { index: IndexV1; cursor: PageCursor },
): Promise<OpenIndex> => {
  if (cursor.tail !== '' || cursor.version === 0)
    throw cursorExpired(
      cursor,
      'what waited beside it has changed since; consistency=snapshot keeps pages longer',
    );
  try {
    const wanted = { index, consistency: 'snapshot', asOf: String(cursor.version) } as const;
    const { value: snapshot, ms: headMs } = await timed(deps, () => openVersion(deps, store, wanted));
    return { index, snapshot, tail: NO_TAIL, headMs };
  } catch (error) {
    const isGone = hasCode(error, 'VERSION_EXPIRED') || hasCode(error, 'VERSION_UNKNOWN');
    throw isGone ? cursorExpired(cursor, 'that version is not kept any more') : error;
  }
};

/**
 * Opens the current version of an index, or one of the past, and what waits to be settled into it; with a cursor the version that it
 * is of. Errors: CURSOR_EXPIRED, TAIL_TOO_LARGE (tail-strict) and those of the store.
 */
export const openIndex = async (deps: QueryDeps, store: ObjectStore, wanted: Wanted): Promise<OpenIndex> => {
  const { cursor, index } = wanted;
  const opened = await openNow(deps, store, wanted);
  if (cursor === undefined) return opened;
  const place = placeOf(opened);
  return place.version === cursor.version && place.tail === cursor.tail
    ? opened
    : openPast(deps, store, { index, cursor });
};
