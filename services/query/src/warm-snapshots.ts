import type { Runtime } from '@alluvium/lambda-kit';
import type { Snapshot } from '@alluvium/vector-store';

/** Loads in the background what the next queries scan. */
export interface Warmer {
  /** Begins once for a snapshot, however many queries ask; returns at once. */
  warm: (snapshot: Snapshot) => void;
  /** Resolves when nothing is loading. */
  settled: () => Promise<void>;
}

/** A failed load is logged and tried again after the next query. */
export const snapshotWarmer = (logger: Pick<Runtime['logger'], 'warn'>): Warmer => {
  const begun = new WeakSet<Snapshot>();
  const loading = new Set<Promise<void>>();
  const load = async (snapshot: Snapshot): Promise<void> => {
    try {
      await snapshot.warm();
    } catch (error) {
      begun.delete(snapshot);
      logger.warn('A snapshot could not be loaded ahead', {
        version: snapshot.version,
        error: error as Error,
      });
    }
  };
  return {
    warm: (snapshot) => {
      if (begun.has(snapshot)) return;
      begun.add(snapshot);
      const running = load(snapshot).finally(() => loading.delete(running));
      loading.add(running);
    },
    settled: async () => {
      await Promise.all(loading);
    },
  };
};
