import type { CollectionV1 } from './generated/types.ts';

/**
 * Names of the collections that what is derived for `collection` is chunked, embedded and deleted for: its own index first, then
 * its candidates. `document` is that of the collection, if there is one.
 */
export const indexNamesOf = (
  collection: string,
  document: Pick<CollectionV1, 'indexName' | 'candidates'> | undefined,
): [string, ...string[]] => {
  const own = document?.indexName ?? collection;
  return [own, ...(document?.candidates ?? []).filter((name) => name !== own)];
};
