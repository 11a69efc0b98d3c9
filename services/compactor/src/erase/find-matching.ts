import type { OperationArgsV1 } from '@alluvium/contracts';
import { documentsMatching, readObject, type ObjectStore } from '@alluvium/vector-store';
import { documentsIn } from '../domain/erased-rooms.ts';
import type { RegisteredIndex } from '../domain/inbox-item.ts';
import { matcherOf, type Described } from '../domain/sought.ts';
import type { Territory } from './erase-outside.ts';
import { placesUnder } from './search-room.ts';

const matchingDerived = async (
  store: ObjectStore,
  { collection }: Territory,
  matches: (document: Described) => boolean,
): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key, versionId } of placesUnder(store, `derived/${collection}/`)) {
    const object = await readObject(store, key, versionId === undefined ? {} : { versionId });
    const documents = object === undefined ? [] : documentsIn(object.body, key);
    found.push(...documents.filter(matches).map(({ documentId }) => documentId));
  }
  return found;
};

/**
 * Ids of the documents that a filter means: of every version of every index that still lies there, and of what was derived and is on
 * its way to them. Errors: OPERATION_ARGUMENT_MISSING, SEGMENT_CORRUPT, those of the store.
 */
export const findMatching = async (
  store: ObjectStore,
  territory: Territory & { indexes: readonly RegisteredIndex[] },
  filter: NonNullable<OperationArgsV1['filter']>,
): Promise<string[]> => {
  const matches = matcherOf(filter);
  const found = new Set(await matchingDerived(store, territory, matches));
  for (const { indexPath } of territory.indexes)
    for (const documentId of await documentsMatching(store, indexPath, matches)) found.add(documentId);
  return [...found].sort();
};
