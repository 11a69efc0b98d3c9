import { isCount, isText, listOf, recordOf, wrongField } from '../bytes/json-shapes.ts';
import { corruptObject } from '../store/store-errors.ts';
import { garbagePrefix } from '../snapshot/index-paths.ts';
import { jsonBytes, parseStored } from '../snapshot/manifest.ts';
import { putImmutable } from '../store/immutable-objects.ts';
import { readObject, type ObjectStore } from '../store/object-store.ts';

/**
 * `garbage-marks.v1` (schemas/objects): what the next cycle of garbage collection deletes, or an erasure is deleting. Whoever wants to
 * build on an old version reads the marks after his claim: what is marked is as good as gone.
 */
export interface GarbageMarks {
  format: 'garbage-marks.v1';
  markId: string;
  kind: 'unreferenced' | 'erased';
  /** By the clock of the bucket, ISO 8601. */
  markedAt: string;
  candidates: { key: string; sizeBytes: number }[];
}

/** Marks as they lie in the store. */
export interface KeptMarks {
  key: string;
  marks: GarbageMarks;
}

/** Where marks lie. */
export const marksPrefix = (indexPath: string): string => `${garbagePrefix(indexPath)}marks/`;

const MARKS = {
  markId: isText,
  kind: isText,
  markedAt: isText,
  candidates: listOf(recordOf({ key: isText, sizeBytes: isCount })),
};

/** Reads the stored form. Errors: GARBAGE_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseMarks = (bytes: Uint8Array, key: string): GarbageMarks => {
  const marks = parseStored(bytes, 'garbage-marks.v1', key);
  const fault = wrongField(MARKS, marks);
  if (fault === undefined) return marks as GarbageMarks;
  throw corruptObject('GARBAGE_CORRUPT', `${key} is corrupt: ${fault}`, { key });
};

/** All marks, oldest first. Errors: GARBAGE_CORRUPT, STORE_UNAVAILABLE. */
export const readMarks = async (store: ObjectStore, indexPath: string): Promise<KeptMarks[]> => {
  const kept: KeptMarks[] = [];
  for await (const { key } of store.list(marksPrefix(indexPath))) {
    const object = await readObject(store, key);
    if (object) kept.push({ key, marks: parseMarks(object.body, key) });
  }
  return kept;
};

/** Keys of everything that is marked. */
export const markedKeys = (kept: readonly KeptMarks[]): Set<string> =>
  new Set(kept.flatMap(({ marks }) => marks.candidates.map(({ key }) => key)));

/** Stores marks; answers where they lie. */
export const writeMarks = async (
  store: ObjectStore,
  indexPath: string,
  marks: Omit<GarbageMarks, 'format'>,
): Promise<string> => {
  const key = `${marksPrefix(indexPath)}${marks.markId}.json`;
  await putImmutable(store, key, jsonBytes({ format: 'garbage-marks.v1', ...marks }), 'application/json');
  return key;
};
