import type { QueryModel, Residents } from './ports.ts';
import { recent } from './recent.ts';

const MAX_COLLECTIONS = 100;
const MAX_MODELS = 2;
/** The rest of the 1769 MB is the runtime's, the models' and the answer's. */
const MAX_SNAPSHOT_BYTES = 1_000_000_000;

const closeModel = (model: Promise<QueryModel>): void => {
  // One that never opened has nothing to close.
  model.then((opened) => opened.close()).catch(() => undefined);
};

export const makeResidents = (): Residents => ({
  collections: recent(MAX_COLLECTIONS),
  snapshots: recent(MAX_SNAPSHOT_BYTES),
  models: recent(MAX_MODELS, closeModel),
});
