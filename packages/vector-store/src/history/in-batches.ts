const AT_ONCE = 16;

/** Runs `step` over all items, so many at once; the first error ends it after the batch. */
export const inBatches = async <Item>(
  items: readonly Item[],
  step: (item: Item) => Promise<unknown>,
): Promise<void> => {
  for (let from = 0; from < items.length; from += AT_ONCE)
    await Promise.all(items.slice(from, from + AT_ONCE).map(step));
};
