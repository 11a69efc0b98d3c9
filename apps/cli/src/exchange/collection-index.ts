import { collectionsV1, type IndexV1 } from '@alluvium/contracts';
import { getJson } from '../api-client.ts';
import type { Connection } from '../connection.ts';

/** The indexes that answer for collections, by name of the collection. */
export const activeIndexes = async (connection: Connection): Promise<Map<string, IndexV1>> => {
  const { collections } = await getJson(connection, 'collections', collectionsV1);
  return new Map(
    collections.flatMap(({ collection, active }) => (active === undefined ? [] : [[collection, active]])),
  );
};
