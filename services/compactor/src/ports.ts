import type { EventBus, Objects, oncePerEvent, Runtime } from '@alluvium/lambda-kit';
import type { Clock, Leases, ObjectStore } from '@alluvium/vector-store';
import type { Arrivals, Thresholds } from './domain/compaction-trigger.ts';
import type { DeltaPlace } from './domain/delta-place.ts';
import type { Compaction, MergeInput, OpenCompaction } from './domain/fan-out.ts';
import type { HeadMark } from './domain/invariants.ts';
import type { InboxItem, Outcome, RegisteredIndex } from './domain/inbox-item.ts';

/** Deltas by index, from their arrival to their end. Reads are consistent. */
export interface InboxStore {
  /** Remembers that there is this index. */
  register(index: RegisteredIndex): Promise<void>;
  /** Registered indexes, of one collection or of all. */
  indexes(collection?: string): Promise<RegisteredIndex[]>;
  /** Adds a PENDING delta, once for each attempt that delivers it; nothing happens when it is known, settled or not. */
  add(item: InboxItem): Promise<void>;
  /** Counts a delta that was added; more than once does no harm. */
  countArrival(item: InboxItem): Promise<Arrivals>;
  /** Begins to count anew: whoever does so reads the inbox next. */
  restartCount(indexPath: string): Promise<void>;
  /** The PENDING deltas of an index, ordered by id. */
  pending(indexPath: string): Promise<InboxItem[]>;
  hasPending(indexPath: string): Promise<boolean>;
  /** Remembers a try; the item stays PENDING. */
  postpone(item: InboxItem, next: { tries: number; notBeforeMs: number }): Promise<void>;
  /** Ends a PENDING delta; one that has ended stays as it is. */
  settle(item: InboxItem, outcome: Outcome): Promise<void>;
  /** Remembers the newest HEAD that was committed; false when a newer one was. */
  rememberHead(indexPath: string, mark: HeadMark): Promise<boolean>;
  /** Whether any attempt's delivery of the delta has ended. */
  isSettled(indexPath: string, deltaId: string): Promise<boolean>;
  /** Remembers an object that is no delta, so that it is reported once. */
  quarantine(place: DeltaPlace, why: { reason: string; message: string }): Promise<void>;
  /** Ids of the quarantined deltas of a collection. */
  quarantined(collection: string): Promise<Set<string>>;
}

/** Backlogs that are merged before their publish; one for each index. */
export interface CompactionStore {
  /** Remembers a compaction, unless there is one that is not the one it `replaces`; tells whether it did. */
  open(compaction: Compaction, replaces: string | undefined): Promise<boolean>;
  /** The one of an index, and what its merges have made. A consistent read. */
  find(indexPath: string): Promise<OpenCompaction | undefined>;
  /** Remembers what a merge has made. */
  complete(
    compaction: Pick<Compaction, 'indexPath' | 'compactionId'>,
    done: { mergeId: string; output: MergeInput },
  ): Promise<void>;
  /** Forgets a compaction, unless another one has taken its place. */
  close(compaction: Compaction): Promise<void>;
}

/** Wakes a compactor. Rings may be lost, come twice or late: they carry nothing but the name of an index. */
export interface Doorbell {
  /** `delaySeconds`: at most 900. */
  ring(index: RegisteredIndex, delaySeconds: number): Promise<void>;
}

/** What the compactor needs of the world. */
export interface CompactorDeps {
  runtime: Runtime;
  bus: EventBus;
  /** Objects that pointers name: deltas and lists of applied parts. */
  objects: Objects;
  /** The same bucket for the engine: the index itself. */
  store: ObjectStore;
  inbox: InboxStore;
  compactions: CompactionStore;
  doorbell: Doorbell;
  leases: Leases;
  clock: Clock;
  thresholds: Thresholds;
  /** With more deltas than this a backlog is merged by others before it is published. */
  fanOutAfterDeltas: number;
}

/** A change of an index that no delta made, and that the world has not been told of. */
export interface ChangeNote {
  indexPath: string;
  /** The operation that makes it. */
  operationId: string;
  notedAtMs: number;
}

/** Changes that are to be announced: noted before they are made, forgotten when they were told. */
export interface ChangeNotes {
  add(note: ChangeNote): Promise<void>;
  remove(note: Pick<ChangeNote, 'indexPath' | 'operationId'>): Promise<void>;
  all(): Promise<ChangeNote[]>;
}

/** What answering requests needs beside. */
export interface RequestDeps extends CompactorDeps {
  /** Remembers the requests that were handled. */
  idempotency: Parameters<typeof oncePerEvent>[0];
}

/** What the daily schedule does: delete, say what it would delete, or nothing. */
export type GarbageMode = 'on' | 'dry-run' | 'off';

/** What doing an operator's work needs beside. */
export interface OperationDeps extends RequestDeps {
  changes: ChangeNotes;
  garbageMode: GarbageMode;
  /** Waits. */
  pause: (delayMs: number) => Promise<unknown>;
}
