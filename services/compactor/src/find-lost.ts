import { openAppliedSet } from '@alluvium/vector-store';
import { DELTAS_PREFIX, mayBeLost, placeOf, type DeltaPlace } from './domain/delta-place.ts';
import type { RegisteredIndex } from './domain/inbox-item.ts';
import type { CompactorDeps } from './ports.ts';

type Deps = Pick<CompactorDeps, 'store' | 'inbox' | 'clock'>;

/** Deltas by collection that are old enough to have been heard of. */
const listCandidates = async ({ store, clock }: Deps): Promise<Map<string, DeltaPlace[]>> => {
  const candidates = new Map<string, DeltaPlace[]>();
  for await (const { key, lastModified } of store.list(DELTAS_PREFIX)) {
    const place = placeOf(key);
    if (place === undefined || !mayBeLost(lastModified.getTime(), clock.nowMs())) continue;
    candidates.set(place.collection, [...(candidates.get(place.collection) ?? []), place]);
  }
  return candidates;
};

const withoutPending = async (
  { inbox }: Deps,
  { indexPath }: RegisteredIndex,
  places: DeltaPlace[],
): Promise<DeltaPlace[]> => {
  const waiting = new Set((await inbox.pending(indexPath)).map(({ deltaId }) => deltaId));
  return places.filter(({ deltaId }) => !waiting.has(deltaId));
};

// The snapshot answers for all of its deltas at the price of three reads; what is left is looked up one by one.
const withoutEnded = async (
  { inbox, store }: Deps,
  { indexPath }: RegisteredIndex,
  places: DeltaPlace[],
): Promise<DeltaPlace[]> => {
  const applied = openAppliedSet(store, indexPath);
  const left: DeltaPlace[] = [];
  for (const place of places)
    if ((await applied.stateOf(place)) === 'new' && !(await inbox.isSettled(indexPath, place.deltaId)))
      left.push(place);
  return left;
};

const withoutQuarantined = async (
  { inbox }: Deps,
  collection: string,
  places: DeltaPlace[],
): Promise<DeltaPlace[]> => {
  if (places.length === 0) return places;
  const known = await inbox.quarantined(collection);
  return places.filter(({ deltaId }) => !known.has(deltaId));
};

/**
 * Deltas in the bucket of which the inbox has never heard: those of which no index knows anything, PENDING, settled or applied.
 * Costs one listing when there is nothing; else one reading of the books of each collection. Errors: those of the stores.
 */
export const findLost = async (deps: Deps): Promise<DeltaPlace[]> => {
  const lost: DeltaPlace[] = [];
  for (const [collection, places] of await listCandidates(deps)) {
    let left = places;
    for (const index of await deps.inbox.indexes(collection)) {
      left = await withoutPending(deps, index, left);
      left = await withoutEnded(deps, index, left);
    }
    lost.push(...(await withoutQuarantined(deps, collection, left)));
  }
  return lost;
};
