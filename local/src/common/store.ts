import { mkdir } from 'node:fs/promises';
import type { AbstractLevel } from 'abstract-level';
import { ClassicLevel } from 'classic-level';
import { MemoryLevel } from 'memory-level';

/** An ordered key-value store of JSON values; a batch is atomic, and acknowledged means it survives kill -9. */
export type Store = AbstractLevel<string | Buffer | Uint8Array, string, unknown>;

/** Opens the store kept in `directory` (made when absent), or one in memory when there is no directory. */
export const openStore = async (directory?: string): Promise<Store> => {
  if (directory === undefined) {
    const memory = new MemoryLevel<string, unknown>({ valueEncoding: 'json' });
    await memory.open();
    return memory;
  }
  await mkdir(directory, { recursive: true });
  const disk = new ClassicLevel<string, unknown>(directory, { valueEncoding: 'json' });
  await disk.open();
  return disk;
};
