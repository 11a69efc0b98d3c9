import { PipelineError } from '@alluvium/contracts';

/** What an index path says: `indexes/<collection>/model=<id>@<12 hex>/dims=<n>/`. */
export interface IndexIdentity {
  collection: string;
  modelId: string;
  dims: number;
}

/** Reads an index path. Error: INDEX_PATH_INVALID. */
export const parseIndexPath = (indexPath: string): IndexIdentity => {
  const [, collection, modelId, dims] =
    /^indexes\/([^/]+)\/model=([^/]+)\/dims=([1-9]\d*)\/$/.exec(indexPath) ?? [];
  if (collection === undefined || modelId === undefined)
    throw new PipelineError(`${indexPath} is no index path`, {
      code: 'INDEX_PATH_INVALID',
      kind: 'invalid',
      details: { indexPath },
    });
  return { collection, modelId, dims: Number(dims) };
};

/** The one object of an index that changes. */
export const headKey = (indexPath: string): string => `${indexPath}HEAD`;

/** Named by its publish, so that no two publishes can mean the same key. */
export const manifestKey = (indexPath: string, version: number, publishId: string): string =>
  `${indexPath}manifests/${String(version).padStart(10, '0')}-${publishId}.json`;

/** Immutable objects that a publish makes carry its id: a name that was deleted never comes back, so a late delete hurts nobody. */
export interface MadeBy {
  publishId: string;
  sha256: string;
}

/** Named by content and publish. */
export const segmentKey = (indexPath: string, { sha256, publishId }: MadeBy): string =>
  `${indexPath}segments/${sha256}-${publishId}.seg`;

/** Named by content and publish. */
export const appliedKey = (indexPath: string, { sha256, publishId }: MadeBy): string =>
  `${indexPath}applied/${sha256}-${publishId}.json`;

/** A page of the log of versions: those before `version`, written by a publish. */
export const historyKey = (indexPath: string, version: number, publishId: string): string =>
  `${indexPath}history/${String(version).padStart(10, '0')}-${publishId}.json`;

/** Deltas that were merged before their publish, named by what is merged. */
export const intermediateKey = (indexPath: string, mergeId: string): string =>
  `${indexPath}intermediate/${mergeId}.json`;

/** Where names of versions lie. */
export const tagPrefix = (indexPath: string): string => `${indexPath}tags/`;

/** Where garbage collection keeps its books. */
export const garbagePrefix = (indexPath: string): string => `${indexPath}gc/`;
