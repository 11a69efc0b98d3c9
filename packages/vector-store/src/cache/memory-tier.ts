/** What the map keeps beside the bytes, about; also bounds how many small entries there can be. */
const ENTRY_BYTES = 256;

interface Entry {
  bytes: Uint8Array;
  costBytes: number;
}

/** Byte arrays within a budget, of which the least recently used leave first. */
export class MemoryTier {
  readonly #budgetBytes: number;
  // A Map keeps the order of insertion: the first key is the one that was used longest ago.
  readonly #entries = new Map<string, Entry>();
  #usedBytes = 0;
  #reservedBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get entries(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Without counting as use. */
  peek(key: string): Uint8Array | undefined {
    return this.#entries.get(key)?.bytes;
  }

  get(key: string): Uint8Array | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.bytes;
  }

  /** Makes room for bytes that are on their way; the answer gives the room back. */
  reserve(sizeBytes: number): () => void {
    const costBytes = sizeBytes + ENTRY_BYTES;
    if (costBytes > this.#budgetBytes) return () => undefined;
    this.#reservedBytes += costBytes;
    this.#evict();
    return () => {
      this.#reservedBytes -= costBytes;
    };
  }

  /** Whether it was kept: bytes whose whole buffer exceeds the budget are not. */
  put(key: string, bytes: Uint8Array): boolean {
    // A view keeps all of its buffer alive, so that is what it costs.
    const costBytes = bytes.buffer.byteLength + ENTRY_BYTES;
    if (costBytes > this.#budgetBytes) return false;
    this.delete(key);
    this.#entries.set(key, { bytes, costBytes });
    this.#usedBytes += costBytes;
    this.#evict(key);
    return true;
  }

  delete(key: string): void {
    this.#usedBytes -= this.#entries.get(key)?.costBytes ?? 0;
    this.#entries.delete(key);
  }

  deletePrefix(prefix: string): void {
    for (const key of [...this.#entries.keys()]) if (key.startsWith(prefix)) this.delete(key);
  }

  #evict(spared?: string): void {
    for (const key of this.#entries.keys()) {
      if (key === spared || this.#usedBytes + this.#reservedBytes <= this.#budgetBytes) return;
      this.delete(key);
    }
  }
}
