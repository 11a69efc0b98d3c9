import type { Head } from '@alluvium/vector-store';
import type { DeltaState } from './invariants/inbox.ts';
import { announcementsOf, type Plan, type PlannedDelta } from './plan.ts';

/** A committed version, as it was when it was committed. */
export interface VersionFacts {
  /** Sorted. */
  chunkIds: readonly string[];
  /** Content keys of the deltas that it holds, and when each was applied first, in virtual milliseconds. */
  applied: ReadonlyMap<string, number>;
  /** Content keys of the deltas that it refuses. */
  reverted: ReadonlySet<string>;
  /** As it says itself, in milliseconds since the epoch. */
  createdAtMs: number;
  /** Keys of everything that it needs, and their sizes. */
  named: ReadonlyMap<string, number>;
}

/** What an operator sets out to do to an index. */
export type HistoryChange = { kind: 'rollback'; to: number } | { kind: 'unrevert' };

/** What is known of one index from looking on. */
export interface IndexFacts {
  indexPath: string;
  head: Head | undefined;
  publishIds: Set<string>;
  greatestFence: number;
  /** Content keys of the deltas that the current version holds, and when they were applied, in virtual milliseconds. */
  applied: ReadonlyMap<string, number>;
  /** Those that it refuses, because a rollback took them out. */
  reverted: ReadonlySet<string>;
  /** Those that any version ever held. */
  everApplied: Set<string>;
  /** Those that any version ever refused. */
  everReverted: Set<string>;
  versions: Map<number, VersionFacts>;
  /** Tags that their maker was told of, by name. */
  tags: Map<string, number>;
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
  /** Content keys of the deltas that the tail has heard of, by index. */
  announced: Map<string, Set<string>>;
  /** What operators are about to do, by the name of their process. */
  changes: Map<string, HistoryChange>;
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
  reverted: new Set(),
  everApplied: new Set(),
  everReverted: new Set(),
  versions: new Map(),
  tags: new Map(),
  lease: { greatestFence: 0, state: 'FREE', expiresAtMs: 0, owners: new Map(), holders: new Map() },
});

/** Before anything happened. */
export const newFacts = (plan: Plan): Facts => {
  const announced = [
    ...plan.deltas.flat().flatMap(announcementsOf),
    ...plan.epochs.flatMap(({ fresh, replays }) => [...fresh, ...replays]),
  ];
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
    announced: new Map(),
    changes: new Map(),
    replayed: new Set(),
  };
};
