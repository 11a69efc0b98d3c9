import type { ObjectStore, ReadMeter } from '@alluvium/vector-store';

/** A store that counts what is read through it. */
export const countingStore = (store: ObjectStore): { store: ObjectStore; read: ReadMeter } => {
  const read: ReadMeter = { requests: 0, bytes: 0 };
  const counting: ObjectStore = {
    ...store,
    get: async (key, options) => {
      read.requests += 1;
      const object = await store.get(key, options);
      if (object !== undefined && object !== 'not-modified') read.bytes += object.body.length;
      return object;
    },
  };
  return { store: counting, read };
};
