import type { Snapshot } from '@alluvium/vector-store';
import { CliError, exitCodes } from '../cli-error.ts';
import { useAws, type Connection } from '../connection.ts';
import { activeIndexes } from './collection-index.ts';

/** The snapshot that answers for a collection, read from the stack's own store. */
export const openCollection = async (connection: Connection, collection: string): Promise<Snapshot> => {
  const index = (await activeIndexes(connection)).get(collection);
  useAws(connection);
  const { s3Client } = await import('@alluvium/lambda-kit');
  const { openSnapshot, s3ObjectStore } = await import('@alluvium/vector-store');
  const store = s3ObjectStore({ client: s3Client(), bucket: connection.bucket });
  const snapshot = index && (await openSnapshot(store, index.path));
  if (snapshot) return snapshot;
  throw new CliError(
    `Nothing is published in the collection "${collection}".`,
    exitCodes.notFound,
    'See what there is: alluvium collections',
  );
};
