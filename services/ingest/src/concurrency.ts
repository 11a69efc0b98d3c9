/** Calls `map` on every item with at most `ahead` calls at work and yields the results in the order of the items. */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  ahead: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const open: Promise<R>[] = [];
  for (const item of items) {
    const result = map(item);
    // Reported when its turn comes; until then it must not count as unhandled.
    result.catch(() => undefined);
    open.push(result);
    const [first] = open;
    if (open.length < ahead || first === undefined) continue;
    yield await first;
    void open.shift();
  }
  for (const result of open) yield await result;
}

/** `items` in groups of at most `size`. */
export const inGroups = <T>(items: T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
