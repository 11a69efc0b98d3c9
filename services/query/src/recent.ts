/** Values by key, of which the least recently used are dropped when their sizes exceed a bound. */
export interface Recent<Value> {
  get: (key: string) => Value | undefined;
  set: (key: string, value: Value, size: number) => void;
  delete: (key: string) => void;
}

/** Keeps values up to `capacity`, the newest one whatever its size; `onDrop` hears of those that leave. */
export const recent = <Value>(
  capacity: number,
  onDrop: (value: Value) => void = () => undefined,
): Recent<Value> => {
  const entries = new Map<string, { value: Value; size: number }>();
  const remove = (key: string): void => {
    const entry = entries.get(key);
    entries.delete(key);
    if (entry !== undefined) onDrop(entry.value);
  };
  const total = (): number => [...entries.values()].reduce((sum, { size }) => sum + size, 0);
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // A Map keeps the order of insertion: the first key is the one that was used longest ago.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set: (key, value, size) => {
      const before = entries.get(key);
      if (before?.value === value) entries.delete(key);
      else remove(key);
      entries.set(key, { value, size });
      for (const oldest of [...entries.keys()]) {
        if (oldest === key || total() <= capacity) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
};
