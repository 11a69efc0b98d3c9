import type { Allocate } from './cache-file.ts';
import { DiskTier, type DiskOptions } from './disk-tier.ts';
import { MemoryTier } from './memory-tier.ts';

/** Bytes and where they were found. */
export interface LoadedPlane {
  bytes: Uint8Array;
  from: 'memory' | 'disk' | 'store';
}

/** What a cache holds now. */
export interface CacheUsage {
  memoryBytes: number;
  diskBytes: number;
  /** In memory. */
  entries: number;
  /** Code of the error that ended writing to disk, such as ENOSPC; what is there is still read. */
  diskFault?: string;
}

/**
 * Immutable byte arrays by key: one key always means the same bytes, such as `<segment key>#<plane>` where the segment is named by
 * content. Nobody may change what comes out.
 */
export interface PlaneCache {
  /** The budget of memory. */
  readonly memoryBytes: number;
  /** What is in memory; counts as use. */
  get(key: string): Uint8Array | undefined;
  /**
   * From memory, else from disk, else by `read`, which gets `allocate` passed on. `sizeBytes` is the length of the value. Callers who
   * ask for the same key at the same time share one load, with the `allocate` of the first; its failure reaches all of
   * them and is not remembered. Errors: those of `read` and `allocate`.
   */
  load(
    key: string,
    sizeBytes: number,
    read: (allocate?: Allocate) => Promise<Uint8Array>,
    allocate?: Allocate,
  ): Promise<LoadedPlane>;
  /** Whether a load would be spared the store, as far as is known; does not count as use. */
  holds(key: string): boolean;
  /** Drops all keys that begin so, those under way included: they are served and not kept. */
  forget(prefix: string): void;
  usage(): CacheUsage;
  /** Resolves when everything that waits to be written to disk is written. */
  settled(): Promise<void>;
}

/** Budgets of a cache. */
export interface CacheOptions {
  memoryBytes: number;
  /** A tier below memory, as in /tmp of a Lambda function. The folder must belong to this program alone. */
  disk?: DiskOptions;
}

interface Load {
  key: string;
  sizeBytes: number;
  read: (allocate?: Allocate) => Promise<Uint8Array>;
  allocate: Allocate | undefined;
  /** False once it was forgotten. */
  wanted: boolean;
}

// A view on a larger buffer is copied, or the rest of the buffer would stay too; memory of the caller is kept as it is.
const ownBytes = (bytes: Uint8Array, given: ReadonlySet<unknown>, allocate: Allocate | undefined) => {
  const whole = bytes.byteLength === bytes.buffer.byteLength;
  if (given.has(bytes.buffer) || (whole && !allocate)) return bytes;
  const copy = allocate?.(bytes.length) ?? new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
};

const readStore = async ({ read, allocate }: Load): Promise<Uint8Array> => {
  const given = new Set<unknown>();
  const remembering =
    allocate &&
    ((sizeBytes: number): Uint8Array => {
      const bytes = allocate(sizeBytes);
      given.add(bytes.buffer);
      return bytes;
    });
  return ownBytes(await read(remembering), given, allocate);
};

class ResidentCache implements PlaneCache {
  readonly memoryBytes: number;
  readonly #memory: MemoryTier;
  readonly #disk: DiskTier | undefined;
  readonly #loads = new Map<string, { load: Load; loading: Promise<LoadedPlane> }>();

  constructor({ memoryBytes, disk }: CacheOptions) {
    this.memoryBytes = memoryBytes;
    this.#memory = new MemoryTier(memoryBytes);
    this.#disk = disk && new DiskTier(disk);
  }

  get(key: string): Uint8Array | undefined {
    return this.#memory.get(key);
  }

  load(...[key, sizeBytes, read, allocate]: Parameters<PlaneCache['load']>): Promise<LoadedPlane> {
    const bytes = this.#memory.get(key);
    if (bytes) return Promise.resolve({ bytes, from: 'memory' });
    const known = this.#loads.get(key);
    if (known) return known.loading;
    const load = { key, sizeBytes, read, allocate, wanted: true };
    const loading = this.#fill(load);
    this.#loads.set(key, { load, loading });
    return loading;
  }

  async #fill(load: Load): Promise<LoadedPlane> {
    const release = this.#memory.reserve(load.sizeBytes);
    try {
      const found = await this.#find(load).finally(release);
      if (load.wanted) await this.#keep(load, found);
      return found;
    } finally {
      if (load.wanted) this.#loads.delete(load.key);
    }
  }

  async #find(load: Load): Promise<LoadedPlane> {
    const { key, sizeBytes, allocate = (size: number) => new Uint8Array(size) } = load;
    const stored = await this.#disk?.read(key, sizeBytes, allocate);
    if (stored) return { bytes: stored, from: 'disk' };
    return { bytes: await readStore(load), from: 'store' };
  }

  async #keep({ key, sizeBytes }: Load, { bytes, from }: LoadedPlane): Promise<void> {
    const resident = this.#memory.put(key, bytes);
    if (from !== 'store' || !this.#disk || bytes.length !== sizeBytes) return;
    // What waits for the disk must not take more memory than the budget: what memory dropped meanwhile is not written, and what
    // it could not take is written while the caller waits.
    if (resident) void this.#disk.write(key, () => this.#memory.peek(key));
    else await this.#disk.write(key, () => bytes);
  }

  holds(key: string): boolean {
    return this.#memory.has(key) || (this.#disk?.has(key) ?? false);
  }

  forget(prefix: string): void {
    for (const [key, { load }] of this.#loads)
      if (key.startsWith(prefix)) {
        load.wanted = false;
        this.#loads.delete(key);
      }
    this.#memory.deletePrefix(prefix);
    this.#disk?.deletePrefix(prefix);
  }

  usage(): CacheUsage {
    const fault = this.#disk?.fault;
    return {
      memoryBytes: this.#memory.usedBytes,
      diskBytes: this.#disk?.usedBytes ?? 0,
      entries: this.#memory.entries,
      ...(fault !== undefined && { diskFault: fault }),
    };
  }

  async settled(): Promise<void> {
    await this.#disk?.settled();
  }
}

/** A cache in memory, over a folder when there is one. */
export const residentCache = (options: CacheOptions): PlaneCache => new ResidentCache(options);
