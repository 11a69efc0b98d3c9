interface Entry<T> {
  dueAtMs: number;
  item: T;
}

/** Items ordered by the moment they fall due (a binary heap). Entries are not removed early: the taker checks whether one still holds. */
export class DueQueue<T> {
  private readonly heap: Entry<T>[] = [];

  add(dueAtMs: number, item: T): void {
    this.heap.push({ dueAtMs, item });
    this.siftUp(this.heap.length - 1);
  }

  /** When the next item falls due, or undefined when there is none. */
  nextDueAtMs(): number | undefined {
    return this.heap[0]?.dueAtMs;
  }

  /** Takes one item due at `nowMs` or before. */
  takeDue(nowMs: number): T | undefined {
    const first = this.heap[0];
    if (first === undefined || first.dueAtMs > nowMs) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.siftDown();
    }
    return first.item;
  }

  clear(): void {
    this.heap.length = 0;
  }

  private dueAt(index: number): number {
    return this.heap[index]?.dueAtMs ?? Infinity;
  }

  private swap(left: number, right: number): void {
    const [a, b] = [this.heap[left], this.heap[right]];
    if (a === undefined || b === undefined) return;
    this.heap[left] = b;
    this.heap[right] = a;
  }

  private siftUp(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1;
      if (this.dueAt(parent) <= this.dueAt(index)) return;
      this.swap(parent, index);
      index = parent;
    }
  }

  private siftDown(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const child = this.dueAt(left + 1) < this.dueAt(left) ? left + 1 : left;
      if (this.dueAt(index) <= this.dueAt(child)) return;
      this.swap(index, child);
      index = child;
    }
  }
}
