import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { bytesOfKey, newFolder, removeFolders } from './folders.ts';

const PLACE_BYTES = 2500;
let written = 0;

/** A file of a disk that has `PLACE_BYTES` left. */
const onFullDisk = (file: files.FileHandle): files.FileHandle =>
  Object.assign(file, {
    writeFile: async (data: Uint8Array) => {
      written += data.length;
      if (written > PLACE_BYTES)
        throw Object.assign(new Error('disk full'), { code: 'ENOSPC', syscall: 'write' });
      await file.write(data);
    },
  });

jest.unstable_mockModule('node:fs/promises', () => ({
  ...files,
  open: async (...parameters: Parameters<typeof files.open>) => onFullDisk(await files.open(...parameters)),
}));

const { residentCache } = await import('../../src/cache/plane-cache.ts');

afterAll(removeFolders);

describe('a cache on a full disk', () => {
  it('stops writing, says so, leaves no part behind, and serves on', async () => {
    const folder = newFolder();
    const cache = residentCache({ memoryBytes: 0, disk: { folder, bytes: 1_000_000 } });
    const load = (key: string) => cache.load(key, 1000, async () => bytesOfKey(key, 1000));
    const first = [];
    for (const key of ['a', 'b', 'c', 'd']) first.push((await load(key)).from);
    expect(first).toEqual(['store', 'store', 'store', 'store']);
    expect(cache.usage()).toMatchObject({ diskFault: 'ENOSPC', diskBytes: 2 * 1020 });
    expect(readdirSync(folder)).toHaveLength(2);
    expect([(await load('a')).from, (await load('c')).from]).toEqual(['disk', 'store']);
  });
});
