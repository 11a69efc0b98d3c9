import type { Connector } from '@alluvium/connectors';
import type { IngestionSourceV1, PointerV1, SourceV1 } from '@alluvium/contracts';
import type { EventBus, Objects, oncePerEvent, Runtime } from '@alluvium/lambda-kit';
import type { Leases } from '@alluvium/vector-store';
import type { Position } from './domain/cut-parts.ts';
import type { Checkpoint, Fate, PartRef } from './domain/unchanged.ts';

/** An object in the inbox; its body is read once, or discarded. */
export interface InboxFile {
  sizeBytes: number;
  lastModified: string;
  etag: string;
  body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** An object among others. */
export interface ListedObject {
  key: string;
  sizeBytes: number;
  etag: string;
}

/** What users put into the inbox. */
export interface Inbox {
  /** Opens an object; undefined when there is none. Throws INBOX_CHANGED (conflict) when `etag` is not its own. */
  open(key: string, etag?: string): Promise<InboxFile | undefined>;
  /** Objects whose keys begin with `prefix`, in the order of the keys. */
  list(prefix: string): Promise<ListedObject[]>;
}

/** A run, the same for whoever starts it. */
export interface Run {
  runId: string;
  collection: string;
  source: IngestionSourceV1;
  fence: number;
  startedAt: string;
  /** Greatest attempt whose crawl is over. */
  sealedAttempt: number;
}

/** A stored part of a run and where the crawl goes on after it. */
export interface StoredPart {
  part: number;
  records: number;
  raw: PointerV1;
  next: Position;
}

/** Runs and their parts. */
export interface RunStore {
  find(runId: string): Promise<Run | undefined>;
  /** Registers a run; one that is there already wins and is returned. */
  register(run: Run): Promise<Run>;
  /** Remembers that an attempt's crawl is over. */
  seal(runId: string, attempt: number): Promise<void>;
  /** Parts from index `first` on, in order. */
  partsFrom(runId: string, first: number): Promise<StoredPart[]>;
  addPart(runId: string, part: StoredPart): Promise<void>;
}

/** What one crawl of a source left, and what it was built upon. */
export interface Generation {
  runId: string;
  fence: number;
  /** Parts of the run. */
  parts: number;
  state: PointerV1;
  /** Run whose state the crawl began with; none for one that began with nothing. */
  baseRunId?: string;
  writtenAtMs: number;
}

/** The states that the crawls of a source left. */
export interface GenerationStore {
  /** The newest ones, newest first. */
  newest(collection: string, source: string, limit: number): Promise<Generation[]>;
  /** Adds a generation; one of the same fence is the same. */
  add(collection: string, source: string, generation: Generation): Promise<void>;
  /** Remembers that an index of the collection was rolled back; the latest time stays. */
  noteRollback(collection: string, atMs: number): Promise<void>;
  /** When that was last; undefined when never. */
  lastRollbackMs(collection: string): Promise<number | undefined>;
  /** Remembers documents of a source, by `<entity>#<entityId>`, that somebody wants deleted; the last time of each counts. */
  noteDeletion(collection: string, source: string, deletion: { keys: string[]; atMs: number }): Promise<void>;
  /** Those of which that was heard at `sinceMs` or later. */
  deletedSince(collection: string, source: string, sinceMs: number): Promise<string[]>;
}

/** A version of an index that took parts out, or let them in again. */
export interface Reversion {
  indexPath: string;
  version: number;
  isOut: boolean;
}

/** What was passed on of every document, and what became of the parts. */
export interface CheckpointStore {
  /** Checkpoints by document id. */
  read(collection: string, documentIds: string[]): Promise<Map<string, Checkpoint>>;
  /** Writes checkpoints, except where a newer revision has been passed on. */
  write(collection: string, checkpoints: Checkpoint[]): Promise<void>;
  /** Remembers that documents are to be deleted, in one step with the fence of what was passed on of each. */
  noteDeletion(collection: string, documentIds: readonly string[], atMs: number): Promise<void>;
  /** Known fates by {@link partKeyOf}. */
  fatesOf(parts: PartRef[]): Promise<Map<string, Fate>>;
  /** Records what became of parts; what was applied stays applied. */
  settle(parts: PartRef[], fate: Exclude<Fate, 'reverted'>): Promise<void>;
  /** Records which parts of runs a version of an index has taken out or let in again, unless a later version told of them. */
  revert(parts: readonly Pick<PartRef, 'runId' | 'part'>[], at: Reversion): Promise<void>;
}

/** Who paused a source by an operation, and why. */
export interface SourcePause {
  /** ISO 8601. */
  at: string;
  by: string;
  reason?: string;
}

/** What is remembered of a source beside its document. */
export interface SourceControl {
  pause?: SourcePause;
  /** Time of its schedule that was seen to last. */
  scheduledMs?: number;
  lastRun?: { runId: string; window: string; startedAt: string };
}

/** Where a source is. */
export interface SourcePlace {
  collection: string;
  name: string;
}

/** What is remembered of sources; of one that nobody heard of, nothing. */
export interface SourceControls {
  /** In the order of the places. */
  read(places: SourcePlace[]): Promise<SourceControl[]>;
  /** Changes what is given; undefined takes a value away. */
  change(
    place: SourcePlace,
    values: { [Key in keyof SourceControl]: SourceControl[Key] | undefined },
  ): Promise<void>;
  forget(place: SourcePlace): Promise<void>;
}

/** The documents of sources, for those who change them. */
export interface SourceDocuments {
  put(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What the ingest service needs of the world. */
export interface IngestDeps {
  runtime: Runtime;
  bus: EventBus;
  objects: Objects;
  inbox: Inbox;
  runs: RunStore;
  checkpoints: CheckpointStore;
  generations: GenerationStore;
  controls: SourceControls;
  /** Opens the connector of a source. Throws CONNECTOR_UNKNOWN and SOURCE_INVALID. */
  connect: (source: SourceV1) => Connector;
  leases: Leases;
  pause: (delayMs: number) => Promise<unknown>;
}

/** What the HTTP API needs beside. */
export interface HttpDeps extends IngestDeps {
  documents: SourceDocuments;
}

/** What is needed once the sources are read. */
export type DeriveDeps = Pick<IngestDeps, 'runtime' | 'bus' | 'objects' | 'checkpoints'>;

/** What is needed to take note of what became of parts. */
export type SettleDeps = DeriveDeps & Pick<IngestDeps, 'generations'>;

/** What is needed to forget documents. */
export type ForgetDeps = Pick<IngestDeps, 'runtime' | 'checkpoints' | 'generations'>;

/** What operators' work on sources needs. */
export type HoldDeps = Pick<StartDeps, 'runtime' | 'bus' | 'controls' | 'inbox' | 'idempotency'>;

/** What starting runs by event needs beside. */
export interface StartDeps extends IngestDeps {
  /** Remembers the requests that were handled. */
  idempotency: Parameters<typeof oncePerEvent>[0];
}
