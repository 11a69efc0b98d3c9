import { afterAll, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { residentCache, type PlaneCache } from '../../src/cache/plane-cache.ts';
import { bytesOfKey, newFolder, removeFolders } from './folders.ts';

const HEADER_BYTES = 20;
/** Memory too small for anything, so that every load asks the disk. */
const onDisk = (folder: string, bytes = 1_000_000): PlaneCache =>
  residentCache({ memoryBytes: 0, disk: { folder, bytes } });

const load = (cache: PlaneCache, key: string, sizeBytes = 1000) =>
  cache.load(key, sizeBytes, async () => bytesOfKey(key, sizeBytes));

const filesOf = (folder: string): string[] => readdirSync(folder).map((name) => join(folder, name));
const sizeOf = (folder: string): number =>
  filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);

afterAll(removeFolders);

describe('a cache over a folder', () => {
  it('finds on disk what memory dropped', async () => {
    const cache = residentCache({ memoryBytes: 1500, disk: { folder: newFolder(), bytes: 10_000 } });
    await load(cache, 'a');
    await cache.settled();
    await load(cache, 'b');
    expect(cache.get('a')).toBeUndefined();
    expect(cache.holds('a')).toBe(true);
    expect(await load(cache, 'a')).toEqual({ bytes: bytesOfKey('a', 1000), from: 'disk' });
    expect((await load(cache, 'a')).from).toBe('memory');
  });

  it('finds what an earlier process wrote, and counts it', async () => {
    const folder = newFolder();
    await load(onDisk(folder), 'a');
    const later = onDisk(folder);
    expect(later.holds('a')).toBe(true);
    expect(later.usage().diskBytes).toBe(1000 + HEADER_BYTES);
    expect((await load(later, 'a')).from).toBe('disk');
  });

  it('reads from disk into the memory of the caller', async () => {
    const folder = newFolder();
    await load(onDisk(folder), 'a');
    const memory = new ArrayBuffer(4096);
    const read = () => Promise.reject(new Error('not needed'));
    const { bytes } = await onDisk(folder).load('a', 1000, read, (size) => new Uint8Array(memory, 64, size));
    expect(bytes.buffer).toBe(memory);
    expect(bytes).toEqual(bytesOfKey('a', 1000));
  });

  it('drops the files that were used longest ago, also after a restart with less room', async () => {
    const folder = newFolder();
    const cache = onDisk(folder, 3 * (1000 + HEADER_BYTES));
    for (const key of ['a', 'b', 'c', 'a', 'd']) await load(cache, key);
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.holds(key))).toEqual(['a', 'c', 'd']);
    expect(cache.usage().diskBytes).toBe(sizeOf(folder));
    const smaller = onDisk(folder, 1500);
    await smaller.settled();
    expect(smaller.usage().diskBytes).toBe(1000 + HEADER_BYTES);
    expect(sizeOf(folder)).toBe(1000 + HEADER_BYTES);
  });

  it('stays within its budget under random load', async () => {
    const folder = newFolder();
    const cache = residentCache({ memoryBytes: 4000, disk: { folder, bytes: 6000 } });
    for (let turn = 0; turn < 120; turn += 1) {
      const id = (turn * 7919) % 13;
      const { bytes } = await load(cache, `key-${id}`, (id * 977) % 7000);
      expect(bytes).toEqual(bytesOfKey(`key-${id}`, (id * 977) % 7000));
      expect(cache.usage().diskBytes).toBeLessThanOrEqual(6000);
    }
    await cache.settled();
    expect(sizeOf(folder)).toBe(cache.usage().diskBytes);
    expect(sizeOf(folder)).toBeLessThanOrEqual(6000);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    ['changed in its magic', (bytes: Buffer) => Buffer.concat([Buffer.from([0]), bytes.subarray(1)])],
    ['changed in its length', (bytes: Buffer) => (bytes.writeUInt8(1, 8), bytes)],
    ['changed in its checksum', (bytes: Buffer) => (bytes.writeUInt8(bytes.readUInt8(16) ^ 1, 16), bytes)],
    ['changed in one bit', (bytes: Buffer) => (bytes.writeUInt8(bytes.readUInt8(700) ^ 4, 700), bytes)],
  ])('deletes a file that is %s and reads the store', async (_title, damage) => {
    const folder = newFolder();
    await load(onDisk(folder), 'a');
    const [file] = filesOf(folder);
    writeFileSync(file!, damage(readFileSync(file!)));
    const cache = onDisk(folder);
    expect(await load(cache, 'a')).toEqual({ bytes: bytesOfKey('a', 1000), from: 'store' });
    expect((await load(cache, 'a')).from).toBe('disk');
  });

  it('takes a file under the name of another key for damaged', async () => {
    const folder = newFolder();
    await load(onDisk(folder), 'a');
    const [a] = filesOf(folder);
    await load(onDisk(folder), 'b');
    const b = filesOf(folder).find((file) => file !== a);
    renameSync(a!, b!);
    expect(await load(onDisk(folder), 'b')).toEqual({ bytes: bytesOfKey('b', 1000), from: 'store' });
  });

  it('never makes a path of a key', async () => {
    const folder = newFolder();
    const keys = ['../../escaped', '/etc/passwd', 'a\0b', 'x'.repeat(5000), '', '..'];
    const cache = onDisk(join(folder, 'inner'));
    for (const key of keys)
      expect((await cache.load(key, 3, async () => new Uint8Array(3))).from).toBe('store');
    expect(readdirSync(folder)).toEqual(['inner']);
    const names = readdirSync(join(folder, 'inner'));
    expect(names).toHaveLength(keys.length);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  it('follows no link out of its folder', async () => {
    const folder = newFolder();
    await load(onDisk(folder), 'a');
    const [file] = filesOf(folder);
    const outside = join(newFolder(), 'outside');
    renameSync(file!, outside);
    symlinkSync(outside, file!);
    expect((await load(onDisk(folder), 'a')).from).toBe('store');
    expect(existsSync(outside)).toBe(true);
  });

  it('leaves files alone that are not its own, and clears what a killed process left', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const temporary = `${'0'.repeat(64)}.00000000-0000-0000-0000-000000000000.tmp`;
    writeFileSync(join(folder, temporary), 'half a file');
    const cache = onDisk(folder, 100);
    await cache.settled();
    expect(readdirSync(folder)).toEqual(['notes.txt']);
    expect(cache.usage().diskBytes).toBe(0);
  });

  it('forgets its own files by prefix', async () => {
    const folder = newFolder();
    const cache = onDisk(folder);
    for (const key of ['one#x', 'one#y', 'two#x']) await load(cache, key);
    cache.forget('one#');
    await cache.settled();
    expect(['one#x', 'one#y', 'two#x'].filter((key) => cache.holds(key))).toEqual(['two#x']);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('goes on in memory where the folder cannot be made', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const cache = residentCache({ memoryBytes: 5000, disk: { folder: join(file, 'cache'), bytes: 5000 } });
    await load(cache, 'a');
    await cache.settled();
    expect((await load(cache, 'a')).from).toBe('memory');
    expect(cache.usage()).toMatchObject({ diskBytes: 0, entries: 1, diskFault: 'ENOTDIR' });
  });

  it('shares a folder with another cache, whatever that one deletes', async () => {
    const folder = newFolder();
    const caches = [onDisk(folder, 5000), onDisk(folder, 5000)];
    await Promise.all(
      Array.from({ length: 200 }, async (_, turn) => {
        const key = `key-${(turn * 7919) % 11}`;
        const { bytes } = await load(caches[turn % 2]!, key);
        expect(bytes).toEqual(bytesOfKey(key, 1000));
      }),
    );
    for (const cache of caches) {
      await cache.settled();
      expect(cache.usage()).not.toHaveProperty('diskFault');
      expect(cache.usage().diskBytes).toBeLessThanOrEqual(5000);
    }
    expect(readdirSync(folder).every((name) => /^[0-9a-f]{64}$/.test(name))).toBe(true);
    expect(sizeOf(folder)).toBeLessThanOrEqual(10_000);
  });
});
