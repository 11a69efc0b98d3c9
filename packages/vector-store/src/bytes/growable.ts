type Column = Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** A typed array that grows by doubling: columns of unknown length without an object per row. */
export class Growable<T extends Column> {
  readonly #make: new (length: number) => T;
  #values: T;
  #length = 0;

  constructor(make: new (length: number) => T, capacity = 1024) {
    this.#make = make;
    this.#values = new make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#values.length) return;
    const values = new this.#make(Math.max(needed, this.#values.length * 2));
    values.set(this.#values);
    this.#values = values;
  }

  push(value: number): void {
    this.#reserve(1);
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  append(values: ArrayLike<number>): void {
    this.#reserve(values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  /** A view on what was added so far; the next addition may detach it. */
  view(): T {
    return this.#values.subarray(0, this.#length) as T;
  }
}
