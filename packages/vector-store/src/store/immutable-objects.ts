import { hasCode, PipelineError, sha256Hex } from '@alluvium/contracts';
import type { ObjectPointer } from '../snapshot/manifest.ts';
import { readObject, type ObjectStore, type StoredObject } from './object-store.ts';
import { corruptObject } from './store-errors.ts';

const ATTEMPTS = 3;

/**
 * Writes an object whose key follows from its content or its publish. What is there already is the same object: the
 * failed condition is a success of an earlier attempt, or of a retry inside the SDK.
 */
export const putImmutable = async (
  store: ObjectStore,
  key: string,
  body: Uint8Array,
  contentType?: string,
): Promise<ObjectPointer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await store.put(key, body, { ifNoneMatch: '*' }, contentType === undefined ? {} : { contentType });
      break;
    } catch (error) {
      if (!hasCode(error, 'PRECONDITION_FAILED')) throw error;
      // S3 answers 409 while another write of the same key is under way, and that one may still fail.
      if (await readObject(store, key, { range: { start: 0, end: 1 } })) break;
      if (attempt === ATTEMPTS) throw error;
    }
  }
  return { key, sha256: sha256Hex(body), sizeBytes: body.length };
};

/** An object that a manifest or HEAD names is not there. */
export const objectMissing = (key: string): PipelineError =>
  corruptObject('OBJECT_MISSING', `${key} is named by a snapshot and does not exist`, { key });

/** Reads a whole object and checks size and sha256. Errors: OBJECT_MISSING, OBJECT_CORRUPT. */
export const readImmutable = async (
  store: ObjectStore,
  { key, sha256, sizeBytes }: Pick<ObjectPointer, 'key' | 'sha256'> & { sizeBytes?: number },
): Promise<StoredObject> => {
  const object = await readObject(store, key);
  if (!object) throw objectMissing(key);
  if (sizeBytes !== undefined && object.body.length !== sizeBytes)
    throw corruptObject('OBJECT_CORRUPT', `${key} has ${object.body.length} bytes instead of ${sizeBytes}`, {
      key,
      sizeBytes: object.body.length,
      expectedBytes: sizeBytes,
    });
  if (sha256Hex(object.body) !== sha256)
    throw corruptObject('OBJECT_CORRUPT', `The sha256 of ${key} is not ${sha256}`, { key, sha256 });
  return object;
};
