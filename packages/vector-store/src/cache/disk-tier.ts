import { randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf, HEADER_BYTES, readCacheFile, writeCacheFile, type Allocate } from './cache-file.ts';

const ENTRY_NAME = /^[0-9a-f]{64}$/;
const TEMPORARY_NAME = /^[0-9a-f]{64}\.[0-9a-f-]{36}\.tmp$/;
/** Says nothing about the next write: another process took the file away, or too many files are open. */
const PASSING = new Set(['ENOENT', 'EMFILE', 'ENFILE']);

interface DiskEntry {
  sizeBytes: number;
  /** Unknown of files that an earlier process wrote. */
  key?: string;
}

/** A folder, private to this kind of cache, and how many bytes it may hold. */
export interface DiskOptions {
  folder: string;
  bytes: number;
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).name;

const scanFolder = (folder: string): Map<string, DiskEntry> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found: { name: string; sizeBytes: number; modifiedMs: number }[] = [];
  for (const name of readdirSync(folder)) {
    // Left by a process that died; one that is writing it now finds it gone and goes on without.
    if (TEMPORARY_NAME.test(name)) rmSync(join(folder, name), { force: true });
    const status = ENTRY_NAME.test(name) && lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (status && status.isFile()) found.push({ name, sizeBytes: status.size, modifiedMs: status.mtimeMs });
  }
  found.sort((left, right) => left.modifiedMs - right.modifiedMs);
  return new Map(found.map(({ name, sizeBytes }) => [name, { sizeBytes }]));
};

/**
 * Byte arrays as files of one folder within a budget, of which the least recently used leave first. Nothing here fails a
 * caller: what cannot be read is absent, and a disk that cannot be written is read only from then on. Processes may
 * share a folder; each keeps to the budget by the files that it knows.
 */
export class DiskTier {
  readonly #folder: string;
  readonly #budgetBytes: number;
  readonly #writer = randomUUID();
  #entries = new Map<string, DiskEntry>();
  #usedBytes = 0;
  #fault: string | undefined;
  #work = Promise.resolve();

  /** Reads the names of the folder, which it makes if need be. */
  constructor({ folder, bytes }: DiskOptions) {
    this.#folder = folder;
    this.#budgetBytes = bytes;
    try {
      this.#entries = scanFolder(folder);
    } catch (error) {
      this.#fault = codeOf(error);
    }
    for (const { sizeBytes } of this.#entries.values()) this.#usedBytes += sizeBytes;
    void this.#queue(() => this.#evict(0));
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Code of the error that ended writing, such as ENOSPC. */
  get fault(): string | undefined {
    return this.#fault;
  }

  has(key: string): boolean {
    return this.#entries.has(fileNameOf(key));
  }

  /** The bytes under a key; a damaged file is deleted. Errors: those of `allocate` only. */
  async read(key: string, sizeBytes: number, allocate: Allocate): Promise<Uint8Array | undefined> {
    const name = fileNameOf(key);
    const known = this.#entries.has(name);
    try {
      const content = await readCacheFile({ path: this.#path(name), key, sizeBytes, allocate });
      if (!content) await this.#remove(name);
      // Unknown before: another process wrote it. Known before and not now: it was evicted while it was read.
      else if (!known || this.#entries.has(name))
        this.#enter(name, { sizeBytes: HEADER_BYTES + sizeBytes, key });
      return content;
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).syscall) throw error;
      if (codeOf(error) === 'ENOENT') this.#drop(name);
      return undefined;
    }
  }

  /** Writes, after what was asked for before, what `content` gives then; nothing when it gives nothing. */
  write(key: string, content: () => Uint8Array | undefined): Promise<void> {
    return this.#queue(async () => {
      const bytes = content();
      if (!bytes || this.#fault !== undefined) return;
      const sizeBytes = HEADER_BYTES + bytes.length;
      if (sizeBytes > this.#budgetBytes) return;
      await this.#evict(sizeBytes);
      const name = fileNameOf(key);
      const temporary = `${this.#path(name)}.${this.#writer}.tmp`;
      await writeCacheFile({ path: this.#path(name), temporary }, key, bytes);
      this.#enter(name, { sizeBytes, key });
    });
  }

  /** Deletes what was written or read under keys that begin so; files of an earlier process leave by age. */
  deletePrefix(prefix: string): void {
    void this.#queue(async () => {
      for (const [name, { key }] of [...this.#entries])
        if (key?.startsWith(prefix) === true) await this.#remove(name);
    });
  }

  /** Resolves when all that was asked for until now is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  // One change at a time, so that the books agree with the folder.
  #queue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      if (!PASSING.has(codeOf(error))) this.#fault ??= codeOf(error);
    });
    return this.#work;
  }

  #drop(name: string): void {
    this.#usedBytes -= this.#entries.get(name)?.sizeBytes ?? 0;
    this.#entries.delete(name);
  }

  #enter(name: string, entry: DiskEntry): void {
    this.#drop(name);
    this.#entries.set(name, entry);
    this.#usedBytes += entry.sizeBytes;
  }

  async #remove(name: string): Promise<void> {
    this.#drop(name);
    await rm(this.#path(name), { force: true });
  }

  async #evict(comingBytes: number): Promise<void> {
    for (const name of [...this.#entries.keys()]) {
      if (this.#usedBytes + comingBytes <= this.#budgetBytes) return;
      await this.#remove(name);
    }
  }
}
