import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BlobSlice } from './records.ts';

const READ_BYTES = 262_144;

type Hold = symbol;

interface Doomed {
  blobs: readonly string[];
  holds: Set<Hold>;
}

/**
 * Bodies as files with random names: no name of a user ever becomes part of a path.
 * A file that a reader may still need outlives its record until that reader is done.
 */
export class BlobStore {
  readonly #directory: string;
  readonly #shards = new Set<string>();
  readonly #holds = new Set<Hold>();
  #doomed: Doomed[] = [];
  #removal = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Streams into a new file, through `steps`; the file is complete when the name is returned, and gone after a failure. */
  async write(source: Readable, steps: readonly Transform[]): Promise<string> {
    const blob = randomBytes(16).toString('hex');
    await this.#makeShard(blob);
    const path = this.#path(blob);
    try {
      // a failed step must not destroy the source: that would cut the connection before the error is answered
      const chunks = Readable.from(source.iterator({ destroyOnReturn: false }), { objectMode: false });
      await pipeline([chunks, ...steps, createWriteStream(path, { flags: 'wx', highWaterMark: READ_BYTES })]);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return blob;
  }

  /** The bytes `start` to `end`, both included, of the slices laid end to end. */
  async *read(slices: readonly BlobSlice[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { blob, sizeBytes } of slices) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, sizeBytes - 1);
      if (from <= to)
        yield* createReadStream(this.#path(blob), {
          start: from,
          end: to,
          highWaterMark: READ_BYTES,
        }) as AsyncIterable<Buffer>;
      offset += sizeBytes;
      if (offset > end) return;
    }
  }

  /** Until the returned function is called, nothing removed from now on disappears. Take it before reading a record. */
  hold(): () => void {
    const hold = Symbol('hold');
    this.#holds.add(hold);
    return () => {
      this.#holds.delete(hold);
      for (const doomed of this.#doomed) doomed.holds.delete(hold);
      const free = this.#doomed.filter(({ holds }) => holds.size === 0);
      this.#doomed = this.#doomed.filter(({ holds }) => holds.size > 0);
      for (const { blobs } of free) this.#removal = this.#removal.then(() => this.#unlink(blobs));
    };
  }

  /** Waits for the removals that readers have put off; call when no reader is left. */
  async settle(): Promise<void> {
    await this.#removal;
  }

  /** Call after the batch that drops the last reference. */
  async remove(blobs: readonly string[]): Promise<void> {
    if (blobs.length === 0) return;
    if (this.#holds.size === 0) await this.#unlink(blobs);
    else this.#doomed.push({ blobs, holds: new Set(this.#holds) });
  }

  /** Removes the files that no record refers to: what a killed process left behind. */
  async sweep(referenced: ReadonlySet<string>): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    for (const shard of await readdir(this.#directory)) {
      const blobs = await readdir(join(this.#directory, shard));
      await this.#unlink(blobs.filter((blob) => !referenced.has(blob)));
    }
  }

  #path(blob: string): string {
    return join(this.#directory, blob.slice(0, 2), blob);
  }

  async #makeShard(blob: string): Promise<void> {
    const shard = blob.slice(0, 2);
    if (this.#shards.has(shard)) return;
    await mkdir(join(this.#directory, shard), { recursive: true });
    this.#shards.add(shard);
  }

  async #unlink(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) await rm(this.#path(blob), { force: true });
  }
}
