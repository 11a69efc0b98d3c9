import { appliedLookup, type DeltaRef } from '../publish/applied-deltas.ts';
import { readOldSnapshot } from '../publish/publish-input.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ObjectStore } from '../store/object-store.ts';

type Lookup = ReturnType<typeof appliedLookup>;

const lookups = new WeakMap<Snapshot['view'], Promise<Lookup>>();

const lookupOf = (store: ObjectStore, { view }: Snapshot): Promise<Lookup> => {
  const known = lookups.get(view);
  if (known) return known;
  const reading = readOldSnapshot(store, view.head).then(({ applied }) => appliedLookup(applied));
  lookups.set(view, reading);
  // A failure is not remembered.
  reading.catch(() => lookups.delete(view));
  return reading;
};

/**
 * Those of the deltas that a snapshot does not have and would still take. Two reads a version, none without deltas.
 * Errors: OBJECT_MISSING, OBJECT_CORRUPT, APPLIED_CORRUPT.
 */
export const unappliedDeltas = async <Ref extends Pick<DeltaRef, 'runId' | 'deltaId'>>(
  store: ObjectStore,
  snapshot: Snapshot | undefined,
  deltas: readonly Ref[],
): Promise<Ref[]> => {
  if (!snapshot || deltas.length === 0) return [...deltas];
  const stateOf = await lookupOf(store, snapshot);
  return deltas.filter((delta) => stateOf(delta) === 'new');
};
