import { keepsVersions, readObject, type ObjectStore } from '@alluvium/vector-store';
import { mapLimit } from '@alluvium/lambda-kit';
import type { Room } from '../domain/erased-rooms.ts';
import type { Sought } from '../domain/sought.ts';

const READ_AT_ONCE = 8;
const LISTED_AT_ONCE = 256;

/** One version of an object, as it lies in the bucket. */
interface Place {
  key: string;
  versionId?: string;
  sizeBytes: number;
}

/** What a search saw, and what it found. */
export interface Search {
  /** `<key> <version>` of all that was looked into. */
  seen: Set<string>;
  /** All that is there. */
  listed: number;
  bytes: number;
  /** Keys of which some version holds something, and the size of their versions together. */
  held: Map<string, number>;
  /** Those among them that could not be read. */
  unreadable: Set<string>;
}

/** Before anything was looked into. */
export const newSearch = (): Search => ({
  seen: new Set(),
  listed: 0,
  bytes: 0,
  held: new Map(),
  unreadable: new Set(),
});

const placeName = ({ key, versionId }: Place): string => `${key} ${versionId ?? ''}`;

/** Everything under a prefix, old versions too where the store keeps them. */
export const placesUnder = async function* (store: ObjectStore, prefix: string): AsyncGenerator<Place> {
  if (!keepsVersions(store)) {
    yield* store.list(prefix);
    return;
  }
  for await (const { key, versionId, sizeBytes, isDeleteMarker } of store.listVersions(prefix))
    if (!isDeleteMarker) yield { key, versionId, sizeBytes };
};

const inGroups = async function* <T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < LISTED_AT_ONCE) continue;
    yield group;
    group = [];
  }
  yield group;
};

const look = async (
  store: ObjectStore,
  { holds }: Room,
  sought: Sought,
  { key, versionId }: Place,
): Promise<'held' | 'free' | 'unreadable'> => {
  const object = await readObject(store, key, versionId === undefined ? {} : { versionId });
  // Gone since it was listed.
  if (object === undefined) return 'free';
  try {
    return holds(object.body, key, sought) ? 'held' : 'free';
  } catch {
    return 'unreadable';
  }
};

/** Looks into every object of a room that `search` has not seen yet. One that cannot be read may hold anything. */
export const searchRoom = async (
  store: ObjectStore,
  room: Room,
  sought: Sought,
  search: Search,
): Promise<void> => {
  for await (const group of inGroups(placesUnder(store, room.prefix))) {
    search.listed += group.length;
    const fresh = group.filter((place) => !search.seen.has(placeName(place)));
    await mapLimit(fresh, READ_AT_ONCE, async (place) => {
      const found = await look(store, room, sought, place);
      search.seen.add(placeName(place));
      search.bytes += place.sizeBytes;
      if (found === 'free') return;
      search.held.set(place.key, (search.held.get(place.key) ?? 0) + place.sizeBytes);
      if (found === 'unreadable') search.unreadable.add(place.key);
    });
  }
};
