import type { Runtime } from '@alluvium/lambda-kit';
import { residentCache, type CacheOptions } from '@alluvium/vector-store';
import type { QueryModel, Residents } from './ports.ts';
import { recent } from './recent.ts';
import { snapshotWarmer } from './warm-snapshots.ts';

const MAX_COLLECTIONS = 100;
const MAX_MODELS = 2;
/** Without their planes, which the cache keeps. */
const MAX_SNAPSHOTS = 100;

/** Budgets of what stays between requests, for all collections together. */
export interface ResidentOptions extends CacheOptions {
  /** Bytes of deltas as they are stored; opened they take about three times as much. */
  tailBytes: number;
  logger: Pick<Runtime['logger'], 'warn'>;
}

const closeModel = (model: Promise<QueryModel>): void => {
  // One that never opened has nothing to close.
  model.then((opened) => opened.close()).catch(() => undefined);
};

export const makeResidents = ({ tailBytes, logger, ...cache }: ResidentOptions): Residents => ({
  collections: recent(MAX_COLLECTIONS),
  snapshots: recent(MAX_SNAPSHOTS),
  models: recent(MAX_MODELS, closeModel),
  deltas: recent(tailBytes),
  planes: residentCache(cache),
  warmer: snapshotWarmer(logger),
});
