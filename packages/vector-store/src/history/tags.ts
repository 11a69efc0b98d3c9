import { isCount, isSha256, isText, wrongField } from '../bytes/json-shapes.ts';
import { corruptObject } from '../store/store-errors.ts';
import { tagPrefix } from '../snapshot/index-paths.ts';
import { parseStored } from '../snapshot/manifest.ts';
import { readObject, type ObjectStore } from '../store/object-store.ts';
import { tagUnknown } from './history-errors.ts';

/** `tag.v1` (schemas/objects): a name for a version, which retention then keeps. */
export interface Tag {
  format: 'tag.v1';
  name: string;
  version: number;
  manifestKey: string;
  manifestSha256: string;
  /** ISO 8601. */
  createdAt: string;
  note?: string;
}

/** Where a tag lies. */
export const tagKey = (indexPath: string, name: string): string => `${tagPrefix(indexPath)}${name}.json`;

const TAG = {
  name: isText,
  version: isCount,
  manifestKey: isText,
  manifestSha256: isSha256,
  createdAt: isText,
};

/** Reads the stored form. Errors: TAG_CORRUPT, FORMAT_UNSUPPORTED. */
export const parseTag = (bytes: Uint8Array, key: string): Tag => {
  const tag = parseStored(bytes, 'tag.v1', key);
  const fault = wrongField(TAG, tag);
  if (fault === undefined) return tag as Tag;
  throw corruptObject('TAG_CORRUPT', `${key} is corrupt: ${fault}`, { key });
};

/** All tags, by name. Errors: TAG_CORRUPT, STORE_UNAVAILABLE. */
export const listTags = async (store: ObjectStore, indexPath: string): Promise<Tag[]> => {
  const tags: Tag[] = [];
  for await (const { key } of store.list(tagPrefix(indexPath))) {
    const object = await readObject(store, key);
    if (object) tags.push(parseTag(object.body, key));
  }
  return tags;
};

/** Takes a name away. Error: TAG_UNKNOWN. */
export const removeTag = async (store: ObjectStore, indexPath: string, name: string): Promise<void> => {
  const key = tagKey(indexPath, name);
  if ((await readObject(store, key, { range: { start: 0, end: 1 } })) === undefined)
    throw tagUnknown(indexPath, name);
  await store.delete(key);
};
