import type { CollectionV1 } from '@alluvium/contracts';
import type { Embedder } from '@alluvium/embedding';
import type { Runtime } from '@alluvium/lambda-kit';
import type { Clock, ObjectStore, Snapshot } from '@alluvium/vector-store';
import type { Recent } from './recent.ts';

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
}

/** What the query service needs of the world. */
export interface QueryDeps {
  runtime: Runtime;
  store: ObjectStore;
  clock: Clock;
  openModel: OpenModel;
  /** What earlier requests left in memory. */
  residents: Residents;
}
