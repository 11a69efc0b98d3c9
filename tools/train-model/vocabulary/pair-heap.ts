/** Two tokens side by side and how often they stood so when the entry was made. */
export interface HeapEntry {
  key: string;
  count: number;
}

// The more frequent first; of equals the one that sorts first, so that the same texts give the same vocabulary.
const isBefore = (a: HeapEntry, b: HeapEntry): boolean =>
  a.count === b.count ? a.key < b.key : a.count > b.count;

/** A heap whose first entry is the most frequent pair. Entries are not changed: newer ones are added, old ones skipped. */
export class PairHeap {
  readonly #entries: HeapEntry[] = [];

  push(entry: HeapEntry): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      entries[at] = above;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): HeapEntry | undefined {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (last !== undefined && entries.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: HeapEntry): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const right = entries[child + 1];
      let below = entries[child];
      if (below === undefined) break;
      if (right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!isBefore(below, entry)) break;
      entries[at] = below;
      at = child;
    }
    entries[at] = entry;
  }
}
