import { PipelineError } from '@alluvium/contracts';
import { deleteForGood, type ObjectStore } from '@alluvium/vector-store';
import { mapLimit } from '@alluvium/lambda-kit';
import { batchesOf, partOf, roomsOf, runOf, type Room } from '../domain/erased-rooms.ts';
import type { Sought } from '../domain/sought.ts';
import { newSearch, placesUnder, searchRoom, type Search } from './search-room.ts';

const DELETES_AT_ONCE = 8;

/** Where to look. */
export interface Territory {
  collection: string;
  /** Names under which its indexes are kept. */
  names: readonly string[];
}

/** What was found and deleted outside the indexes, and what the search afterwards saw. */
export interface Erased {
  search: Search;
  deletedKeys: string[];
  replaysBroken: string[];
  proof: { objects: number; found: number };
}

const runsOf = async (store: ObjectStore, { collection }: Territory): Promise<string[]> => {
  const runIds = new Set<string>();
  for (const stage of ['raw', 'derived'])
    for await (const { key } of placesUnder(store, `${stage}/${collection}/`)) {
      const runId = runOf(key);
      if (runId !== undefined) runIds.add(runId);
    }
  return [...runIds];
};

const searchAll = async (
  store: ObjectStore,
  rooms: readonly Room[],
  sought: Sought,
  search: Search,
): Promise<void> => {
  for (const room of rooms) await searchRoom(store, room, sought, search);
};

const batchesOfParts = async (
  store: ObjectStore,
  { names }: Territory,
  held: Iterable<string>,
): Promise<Map<string, number>> => {
  const parts = new Set([...held].map(partOf).filter((part) => part !== undefined));
  const found = new Map<string, number>();
  for (const prefix of batchesOf(names))
    for await (const { key, sizeBytes } of placesUnder(store, prefix)) {
      const part = partOf(key);
      if (part !== undefined && parts.has(part)) found.set(key, (found.get(key) ?? 0) + sizeBytes);
    }
  return found;
};

const assertProved = (search: Search): void => {
  if (search.held.size === 0) return;
  throw new PipelineError(
    `${search.held.size} objects came that hold something of the documents: ${[...search.held.keys()].slice(0, 5).join(', ')}; erase again when nothing is on its way`,
    { code: 'ERASE_INCOMPLETE', kind: 'conflict', details: { found: search.held.size } },
  );
};

const roomsIn = async (store: ObjectStore, territory: Territory): Promise<Room[]> =>
  roomsOf(territory.collection, { ...territory, runIds: await runsOf(store, territory) });

/** Objects outside the indexes that hold something of the documents. Errors: those of the store. */
export const searchOutside = async (
  store: ObjectStore,
  territory: Territory,
  sought: Sought,
): Promise<Search> => {
  const search = newSearch();
  await searchAll(store, await roomsIn(store, territory), sought, search);
  return search;
};

/**
 * Deletes every object outside the indexes that holds something of the documents, with all of its versions, and looks again: at
 * whatever came meanwhile, since objects never change. Objects hold parts of runs: what else is in them goes with them. May be
 * repeated. Errors: ERASE_INCOMPLETE, those of the store.
 */
export const eraseOutside = async (
  store: ObjectStore,
  territory: Territory,
  sought: Sought,
): Promise<Erased> => {
  const search = await searchOutside(store, territory, sought);
  const batches = await batchesOfParts(store, territory, search.held.keys());
  for (const [key, sizeBytes] of batches) search.held.set(key, sizeBytes);
  // Batches first: what tells that they have to go is what goes after them.
  const deletedKeys = [...new Set([...batches.keys(), ...search.held.keys()])];
  for (const some of [deletedKeys.slice(0, batches.size), deletedKeys.slice(batches.size)])
    await mapLimit(some, DELETES_AT_ONCE, (key) => deleteForGood(store, key));
  const again: Search = { ...newSearch(), seen: search.seen };
  await searchAll(store, await roomsIn(store, territory), sought, again);
  assertProved(again);
  const broken = deletedKeys.map(runOf).filter((runId) => runId !== undefined);
  return {
    search,
    deletedKeys,
    replaysBroken: [...new Set(broken)].sort(),
    proof: { objects: again.listed, found: again.held.size },
  };
};
