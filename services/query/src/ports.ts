import type { CollectionV1 } from '@alluvium/contracts';
import type { Embedder } from '@alluvium/embedding';
import type { EventBus, Objects, Runtime } from '@alluvium/lambda-kit';
import type { Clock, ObjectStore, PlaneCache, Snapshot, TailDelta } from '@alluvium/vector-store';
import type { PendingDelta, TailLimits } from './domain/pending-delta.ts';
import type { Recent } from './recent.ts';
import type { Warmer } from './warm-snapshots.ts';

/** An open model, as far as a search needs it. */
export type QueryModel = Pick<Embedder, 'stamp' | 'dims' | 'embedQuery' | 'close'>;

/** Opens the model that lies under `models/<id>/`. */
export type OpenModel = (id: string) => Promise<QueryModel>;

/** A collection's document as it was read. */
export interface KnownCollection {
  document: CollectionV1;
  etag: string;
  readAtMs: number;
}

/** What a warm environment keeps between requests. */
export interface Residents {
  collections: Recent<KnownCollection>;
  /** By index path. */
  snapshots: Recent<Snapshot>;
  /** By stamp. */
  models: Recent<Promise<QueryModel>>;
  /** Of the tail; undefined of one that cannot be searched. */
  deltas: Recent<Promise<TailDelta | undefined>>;
  /** Planes of all snapshots, in memory and on disk. */
  planes: PlaneCache;
  warmer: Warmer;
}

/** The deltas that wait to be settled, by index path. */
export interface TailTable {
  /** Does nothing for a delta that is there or settled. */
  add: (indexPath: string, delta: PendingDelta) => Promise<void>;
  /** From now on the delta is in the snapshot, also when it is announced again. */
  settle: (indexPath: string, deltaId: string) => Promise<void>;
  pending: (indexPath: string) => Promise<PendingDelta[]>;
}

/** What hears of deltas and snapshots. */
export interface TailDeps {
  runtime: Runtime;
  objects: Pick<Objects, 'readDocument'>;
  tail: TailTable;
}

/** What the query service needs of the world. */
export interface QueryDeps {
  runtime: Runtime;
  store: ObjectStore;
  clock: Clock;
  openModel: OpenModel;
  tail: Pick<TailTable, 'pending'>;
  tailLimits: TailLimits;
  /** What earlier requests left in memory. */
  residents: Residents;
}

/** What searching on behalf of a job needs beside. */
export interface RetrievalDeps extends QueryDeps {
  objects: Pick<Objects, 'writeDocument'>;
  bus: Pick<EventBus, 'publish'>;
}

/** What the routes of documents need beside. */
export interface DocumentDeps extends QueryDeps {
  bus: Pick<EventBus, 'publishAll'>;
}
