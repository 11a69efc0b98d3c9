import { PipelineError } from '@alluvium/contracts';
import type { ObjectStore } from '../src/index.ts';

const timedOut = (key: string): PipelineError =>
  new PipelineError(`PUT of ${key} timed out`, { code: 'STORE_UNAVAILABLE', kind: 'unavailable' });

/** What happens to a write: it fails before, it lands and its answer is lost, or it is seen as a failed condition. */
export type Fault = 'fails before' | 'answer lost' | '412 of own success';

/** Lets `fault` befall the writes that `hits` picks by key and count (from 1, over all writes of that key). */
export const faultyStore = (
  store: ObjectStore,
  fault: Fault,
  hits: (key: string, count: number) => boolean,
): ObjectStore => {
  const counts = new Map<string, number>();
  return {
    get: (key, options) => store.get(key, options),
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    put: async (key, body, condition, options) => {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (!hits(key, count)) return store.put(key, body, condition, options);
      if (fault === 'fails before') throw timedOut(key);
      const answer = await store.put(key, body, condition, options);
      if (fault === 'answer lost') throw timedOut(key);
      // The SDK's retry of the write that succeeded.
      await store.put(key, body, condition, options);
      return answer;
    },
  };
};

/** Counts calls by kind. */
export const countingStore = (store: ObjectStore) => {
  const calls = { get: 0, put: 0 };
  const counted: ObjectStore = {
    get: (key, options) => {
      calls.get += 1;
      return store.get(key, options);
    },
    put: (key, body, condition, options) => {
      calls.put += 1;
      return store.put(key, body, condition, options);
    },
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
  };
  return { store: counted, calls };
};

/** Changes a stored object behind everybody's back. */
export const tamper = async (
  store: ObjectStore,
  key: string,
  change: (body: Uint8Array) => Uint8Array,
): Promise<void> => {
  const object = await store.get(key);
  if (object === undefined || object === 'not-modified') throw new Error(`${key} is not there`);
  await store.put(key, change(object.body));
};
