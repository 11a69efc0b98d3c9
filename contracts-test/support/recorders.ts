import { sha256Hex, type PointerV1 } from '@alluvium/contracts';
import type { Objects, Runtime } from '@alluvium/lambda-kit';
import type { ObjectStore } from '@alluvium/vector-store';

/** An object that a service wrote. */
export interface Written {
  contentSchema: string;
  key: string;
  /** Of an object that may be gone again. */
  body?: Uint8Array;
}

/** What a service did with the bucket. */
export interface Records {
  written: Written[];
  /** Schemas of what was read. */
  read: Set<string>;
}

/** Notes what is written and read through `objects`. */
export const recordObjects = (objects: Objects, { written, read }: Records): Objects => {
  const note = (pointer: PointerV1): PointerV1 => {
    written.push({ contentSchema: pointer.contentSchema, key: pointer.key });
    return pointer;
  };
  const noteRead = (contentSchema: string): void => void read.add(contentSchema);
  return {
    ...objects,
    readRecords: (contract, pointer) => {
      noteRead(contract.name);
      return objects.readRecords(contract, pointer);
    },
    readDocument: (contract, pointer) => {
      noteRead(contract.name);
      return objects.readDocument(contract, pointer);
    },
    readBytes: (pointer) => {
      noteRead(pointer.contentSchema);
      return objects.readBytes(pointer);
    },
    writeRecords: async (...args) => note(await objects.writeRecords(...args)),
    writeDocument: async (...args) => note(await objects.writeDocument(...args)),
    writeBytes: async (...args) => note(await objects.writeBytes(...args)),
  };
};

// What a service reaches without a pointer is told by its place.
const PLACES: [RegExp, string][] = [
  [/^collections\/[^/]+\.json$/, 'collection.v1'],
  [/^indexes\/.+\/HEAD$/, 'head.v1'],
  [/^indexes\/.+\/manifests\/[^/]+\.json$/, 'manifest.v1'],
  [/^indexes\/.+\/applied\/[^/]+\.json$/, 'applied-deltas.v1'],
  [/^indexes\/.+\/history\/[^/]+\.json$/, 'history-page.v1'],
  [/^indexes\/.+\/tags\/[^/]+\.json$/, 'tag.v1'],
  [/^indexes\/.+\/rollbacks\/[^/]+\.json$/, 'rollback.v1'],
  [/^indexes\/.+\/gc\/marks\/[^/]+\.json$/, 'garbage-marks.v1'],
  [/^indexes\/.+\/gc\/reports\/[^/]+\.json$/, 'gc-report.v1'],
  [/^indexes\/.+\/erasures\/[^/]+\.json$/, 'erase-report.v1'],
];

const schemaAt = (key: string): string | undefined => PLACES.find(([place]) => place.test(key))?.[1];

/** Notes which documents of known places are put and got. */
export const recordStore = (store: ObjectStore, { written, read }: Records): ObjectStore => ({
  ...store,
  get: (key, options) => {
    const contentSchema = schemaAt(key);
    if (contentSchema !== undefined) read.add(contentSchema);
    return store.get(key, options);
  },
  put: async (key, body, ...rest) => {
    const result = await store.put(key, body, ...rest);
    const contentSchema = schemaAt(key);
    if (contentSchema !== undefined) written.push({ contentSchema, key, body });
    return result;
  },
});

/** One bucket: what pointers name is there for the engine too. */
export const overObjects = (store: ObjectStore, stored: Map<string, Uint8Array>): ObjectStore => ({
  ...store,
  get: async (key, options) => {
    const body = stored.get(key);
    return body === undefined ? store.get(key, options) : { key, body, etag: '', sizeBytes: body.length };
  },
  list: async function* (prefix) {
    yield* store.list(prefix);
    for (const [key, body] of stored)
      if (key.startsWith(prefix))
        yield { key, sizeBytes: body.length, lastModified: new Date(0), etag: sha256Hex(body) };
  },
});

const errorsIn = (logged: unknown[]): unknown[] =>
  logged.flatMap((entry) => {
    const { error = entry } = (entry ?? {}) as { error?: unknown };
    return typeof error === 'object' && error !== null && 'stack' in error ? [error] : [];
  });

/** The errors that are logged: the only place where a failure shows that makes a message come again. */
export const collectErrors = (runtime: Runtime): unknown[] => {
  const errors: unknown[] = [];
  const note = (...logged: unknown[]): void => void errors.push(...errorsIn(logged));
  runtime.logger.warn = note;
  runtime.logger.error = note;
  return errors;
};
