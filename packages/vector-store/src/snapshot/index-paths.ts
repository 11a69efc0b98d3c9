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

/** Named by content. */
export const segmentKey = (indexPath: string, sha256: string): string => `${indexPath}segments/${sha256}.seg`;

/** Named by content. */
export const appliedKey = (indexPath: string, sha256: string): string => `${indexPath}applied/${sha256}.json`;
