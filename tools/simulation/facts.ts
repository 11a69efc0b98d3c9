import type { Head } from '@alluvium/vector-store';
import type { DeltaState } from './invariants/inbox.ts';
import { announcementsOf, type Plan, type PlannedDelta } from './plan.ts';

/** What is known of one index from looking on. */
export interface IndexFacts {
  indexPath: string;
  head: Head | undefined;
  publishIds: Set<string>;
  greatestFence: number;
  /** Content keys of the deltas that a committed version holds, and when it was committed, in virtual milliseconds. */
  applied: Map<string, number>;
  /** Chunk ids of every committed version, sorted. */
  versions: Map<number, string[]>;
  lease: LeaseFacts;
}

/** What is known of a lease since its item came to be. */
export interface LeaseFacts {
  greatestFence: number;
  state: string;
  /** By its holder's clock. */
  expiresAtMs: number;
  /** By fence. */
  owners: Map<number, string>;
  /** Processes that were given a fence; more than one only when the item got lost in between. */
  holders: Map<number, string[]>;
}

/** Everything that is known. */
export interface Facts {
  plan: Plan;
  byContentKey: Map<string, PlannedDelta>;
  poisoned: Set<string>;
  indexes: Map<string, IndexFacts>;
  /** By `<deltaId>#<attempt>`. */
  states: Map<string, DeltaState>;
  contentKeys: Map<string, string>;
  acknowledged: Set<string>;
  told: Set<string>;
  /** Attempts whose event got lost, once at least. */
  lostEvents: Set<string>;
  /** Ids of deltas that were found in the bucket and cannot be read. */
  quarantined: Set<string>;
  /** Attempts that came when the snapshot had every right to have forgotten their deltas. */
  replayed: Set<string>;
}

/** A delta's name among all runs. */
export const contentKeyOf = ({ runId, deltaId }: { runId: string; deltaId: string }): string =>
  `${runId}/${deltaId}`;

/** The delta of one attempt. */
export const itemName = ({ deltaId, attempt }: { deltaId: string; attempt: number }): string =>
  `${deltaId}#${attempt}`;

const newIndex = (indexPath: string): IndexFacts => ({
  indexPath,
  head: undefined,
  publishIds: new Set(),
  greatestFence: 0,
  applied: new Map(),
  versions: new Map(),
  lease: { greatestFence: 0, state: 'FREE', expiresAtMs: 0, owners: new Map(), holders: new Map() },
});

/** Before anything happened. */
export const newFacts = (plan: Plan): Facts => {
  const { fresh = [], replays = [] } = plan.afterlife ?? {};
  const announced = [...plan.deltas.flat().flatMap(announcementsOf), ...fresh, ...replays];
  const all = announced.map(({ planned }) => planned);
  const contentKeys = announced.map(({ planned, attempt }): [string, string] => [
    itemName({ deltaId: planned.delta.deltaId, attempt }),
    contentKeyOf(planned.delta),
  ]);
  return {
    plan,
    byContentKey: new Map(all.map((planned) => [contentKeyOf(planned.delta), planned])),
    poisoned: new Set(
      all.filter(({ poison }) => poison !== undefined).map(({ delta }) => contentKeyOf(delta)),
    ),
    indexes: new Map(plan.indexPaths.map((indexPath) => [indexPath, newIndex(indexPath)])),
    states: new Map(),
    contentKeys: new Map(contentKeys),
    acknowledged: new Set(),
    told: new Set(),
    lostEvents: new Set(),
    quarantined: new Set(),
    replayed: new Set(),
  };
};
