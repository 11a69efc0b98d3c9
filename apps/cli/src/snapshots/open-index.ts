import type { VersionedObjectStore } from '@alluvium/vector-store';
import { assertName } from '../assert-name.ts';
import { CliError, exitCodes } from '../cli-error.ts';
import { connect, useAws, type Connection } from '../connection.ts';
import { activeIndexes } from '../exchange/collection-index.ts';

/** The index that answers for a collection, where it lies. */
export interface OpenIndex {
  collection: string;
  /** `indexes/<collection>/model=…/dims=…/` */
  path: string;
  store: VersionedObjectStore;
}

/** Opens the index of a collection. Errors: usage, not found, unreachable. */
export const openIndex = async (
  collection: string,
  connection: Connection = connect(),
): Promise<OpenIndex> => {
  assertName('collection', collection);
  const index = (await activeIndexes(connection)).get(collection);
  if (index === undefined)
    throw new CliError(
      `Nothing is published in the collection "${collection}".`,
      exitCodes.notFound,
      'See what there is: alluvium collections',
    );
  useAws(connection);
  const { s3Client } = await import('@alluvium/lambda-kit');
  const { s3ObjectStore } = await import('@alluvium/vector-store');
  const store = s3ObjectStore({ client: s3Client(), bucket: connection.bucket });
  return { collection, path: index.path, store };
};
