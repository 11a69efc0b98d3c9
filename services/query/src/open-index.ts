import type { IndexV1 } from '@alluvium/contracts';
import { openSnapshot, type ObjectStore, type Snapshot } from '@alluvium/vector-store';
import type { Search } from './domain/retrieve-request.ts';
import type { QueryDeps } from './ports.ts';
import { NO_TAIL, readTail, type Tail } from './read-tail.ts';

type Wanted = { index: IndexV1 } & Pick<Search, 'consistency' | 'asOf'>;

/** What one search looks at, from its beginning to its end. */
export interface OpenIndex {
  index: IndexV1;
  /** Undefined while nothing is published. */
  snapshot: Snapshot | undefined;
  tail: Tail;
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

/**
 * Opens the current version of an index, or one of the past, and what waits to be settled into it. The tail is listed before HEAD is read: a delta
 * that is published in between is in both and counts once; the other way round it would be in neither.
 */
export const openIndex = async (deps: QueryDeps, store: ObjectStore, wanted: Wanted): Promise<OpenIndex> => {
  const { index, consistency } = wanted;
  const pending = consistency === 'tail' ? await deps.tail.pending(index.path) : [];
  const snapshot = await openVersion(deps, store, wanted);
  if (pending.length === 0) return { index, snapshot, tail: NO_TAIL };
  return { index, snapshot, tail: await readTail(deps, store, { indexPath: index.path, snapshot, pending }) };
};
