import { HISTORY_HORIZON_MS } from '../publish/applied-deltas.ts';
import type { ListedObject, ObjectStore } from '../store/object-store.ts';

/** How many objects, and their size together. */
export interface ObjectTally {
  objects: number;
  bytes: number;
}

/** The objects of an index by what becomes of them. */
export interface SortedObjects {
  kept: ObjectTally;
  young: ObjectTally;
  unknown: ObjectTally;
  candidates: ListedObject[];
}

/** Made by publishes and found by what names them. */
const REACHED = new Set(['manifests', 'segments', 'applied', 'history', 'intermediate']);
/** Lists of parts that an event points to: good for as long as events can still be on their way. */
const ANNOUNCED = 'published';
/** Books that people read, small and few. */
const BOOKS = new Set(['HEAD', 'tags', 'gc', 'rollbacks', 'erasures']);

/** Adds an object. */
export const count = (tally: ObjectTally, { sizeBytes }: { sizeBytes: number }): void => {
  tally.objects += 1;
  tally.bytes += sizeBytes;
};

/** A tally of some objects. */
export const tallyOf = (objects: readonly { sizeBytes: number }[]): ObjectTally => {
  const tally: ObjectTally = { objects: 0, bytes: 0 };
  for (const object of objects) count(tally, object);
  return tally;
};

type Fate = 'kept' | 'young' | 'unknown' | 'candidate';

/**
 * What becomes of every object of an index: kept when something in `named` or its kind says so, young when it is not `youngMs` old by
 * the clock of the store, unknown when nobody here made it. The rest are candidates.
 */
export const sortObjects = async (
  store: ObjectStore,
  indexPath: string,
  { named, nowMs, youngMs }: { named: ReadonlySet<string>; nowMs: number; youngMs: number },
): Promise<SortedObjects> => {
  const fateOf = ({ key, lastModified }: ListedObject): Fate => {
    const room = key.slice(indexPath.length).replace(/\/.*/s, '');
    if (BOOKS.has(room) || named.has(key)) return 'kept';
    const ageMs = nowMs - lastModified.getTime();
    if (room === ANNOUNCED) return ageMs > HISTORY_HORIZON_MS ? 'candidate' : 'kept';
    if (!REACHED.has(room)) return 'unknown';
    return ageMs < youngMs ? 'young' : 'candidate';
  };
  const sorted: SortedObjects = {
    kept: tallyOf([]),
    young: tallyOf([]),
    unknown: tallyOf([]),
    candidates: [],
  };
  for await (const object of store.list(indexPath)) {
    const fate = fateOf(object);
    if (fate === 'candidate') sorted.candidates.push(object);
    else count(sorted[fate], object);
  }
  return sorted;
};
