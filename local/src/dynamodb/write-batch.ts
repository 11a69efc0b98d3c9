import type { BatchEntry, Item, KeyDb, Store } from 'dynalite/db/index.js';
import { checkLimits } from './item-limits.ts';

/** Writes that will reach the disk together or not at all. */
export interface WriteBatch {
  /** The store as an action sees it: it reads what is committed, its writes are only collected. */
  store: Store;
  entries: BatchEntry[];
  commit(): Promise<void>;
}

/** The key prefixes under which dynalite keeps things in its one LevelDB. */
export const itemPrefix = (table: string): string => `item-${table}~`;
export const indexPrefix = (type: string, table: string, index: string): string =>
  `index-${type.toLowerCase()}~${table}~${index}~`;

/** All keys that start with `prefix`. */
export const rangeOf = (prefix: string): { gte: string; lt: string } => ({
  gte: prefix,
  lt: `${prefix}\u00ff`,
});

const collecting = (db: KeyDb, prefix: string, entries: BatchEntry[]): KeyDb => ({
  get: (key, done) => {
    db.get(key, done);
  },
  put: (key, value, done) => {
    entries.push({ type: 'put', key: prefix + key, value });
    setImmediate(done, null);
  },
  del: (key, done) => {
    entries.push({ type: 'del', key: prefix + key });
    setImmediate(done, null);
  },
  // writers are already one at a time: see serial-queue.ts
  lock: (_key, run) => {
    run((done) => done);
  },
});

const collectingItems = (store: Store, table: string, entries: BatchEntry[]): KeyDb => {
  const plain = collecting(store.getItemDb(table), itemPrefix(table), entries);
  return {
    ...plain,
    put: (key, value, done) => {
      checkLimits(store, table, value as Item).then(() => {
        plain.put(key, value, done);
      }, done);
    },
  };
};

/** Starts a batch. dynalite by itself writes an item and its index rows one by one; a crash between them would leave them apart. */
export const startBatch = (store: Store): WriteBatch => {
  const entries: BatchEntry[] = [];
  return {
    entries,
    store: {
      ...store,
      getItemDb: (table) => collectingItems(store, table, entries),
      getIndexDb: (type, table, index) =>
        collecting(store.getIndexDb(type, table, index), indexPrefix(type, table, index), entries),
    },
    commit: async () => {
      if (entries.length > 0) await store.db.batch(entries);
    },
  };
};
