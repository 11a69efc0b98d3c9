import type { VersionedObjectStore } from '../../src/index.ts';

/** `before`: the call that kills does nothing. `after`: it happens, and nobody hears of it. */
export type Death = { atCall: number; when: 'before' | 'after' };

/** A store as a process sees it that dies at one of its calls; nothing that it tries later has any effect. */
export const mortalStore = (
  store: VersionedObjectStore,
  { atCall, when }: Death = { atCall: Infinity, when: 'before' },
): { store: VersionedObjectStore; calls: () => number } => {
  let count = 0;
  const killed = (): Error => new Error('The process was killed');
  const begin = (): void => {
    count += 1;
    if (count > atCall || (count === atCall && when === 'before')) throw killed();
  };
  const end = (): void => {
    if (count >= atCall) throw killed();
  };
  const call = async <T>(step: () => Promise<T>): Promise<T> => {
    begin();
    const answer = await step();
    end();
    return answer;
  };
  const list = async function* <T>(step: () => AsyncIterable<T>): AsyncIterable<T> {
    begin();
    yield* step();
    end();
  };
  return {
    calls: () => count,
    store: {
      get: (...args) => call(() => store.get(...args)),
      put: (...args) => call(() => store.put(...args)),
      delete: (...args) => call(() => store.delete(...args)),
      deleteVersion: (...args) => call(() => store.deleteVersion(...args)),
      list: (prefix) => list(() => store.list(prefix)),
      listVersions: (prefix) => list(() => store.listVersions(prefix)),
    },
  };
};
