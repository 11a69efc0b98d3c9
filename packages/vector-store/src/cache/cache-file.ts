import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Gives `sizeBytes` bytes to be filled. */
export type Allocate = (sizeBytes: number) => Uint8Array;

/** Header, little endian: 8 magic, u64 length of the content, u32 crc32 of key and content. */
const MAGIC = Buffer.from('ALVCACH1', 'latin1');
export const HEADER_BYTES = 20;

// A key comes from outside and may hold anything; a hash of it is always a good name, and says nothing about a folder.
export const fileNameOf = (key: string): string => createHash('sha256').update(key).digest('hex');

// With the key in it, a file under the name of another is as wrong as a changed one.
const checksumOf = (key: string, content: Uint8Array): number => crc32(content, crc32(key));

const headerOf = (key: string, content: Uint8Array): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeBigUInt64LE(BigInt(content.length), 8);
  header.writeUInt32LE(checksumOf(key, content), 16);
  return header;
};

const readFully = async (file: FileHandle, target: Uint8Array, position: number): Promise<boolean> => {
  for (let filled = 0; filled < target.length;) {
    const { bytesRead } = await file.read(target, filled, target.length - filled, position + filled);
    if (bytesRead === 0) return false;
    filled += bytesRead;
  }
  return true;
};

/** What to read, and where to put it. */
export interface CacheFileRequest {
  path: string;
  key: string;
  sizeBytes: number;
  allocate: Allocate;
}

const readOpened = async (
  file: FileHandle,
  { key, sizeBytes, allocate }: CacheFileRequest,
): Promise<Uint8Array | undefined> => {
  const header = Buffer.alloc(HEADER_BYTES);
  if ((await file.stat()).size !== HEADER_BYTES + sizeBytes) return undefined;
  if (!(await readFully(file, header, 0)) || !header.subarray(0, 8).equals(MAGIC)) return undefined;
  if (header.readBigUInt64LE(8) !== BigInt(sizeBytes)) return undefined;
  const content = allocate(sizeBytes);
  if (!(await readFully(file, content, HEADER_BYTES))) return undefined;
  return checksumOf(key, content) === header.readUInt32LE(16) ? content : undefined;
};

/** The content of a cache file; `undefined` when it is damaged. Errors: those of the file system, and of `allocate`. */
export const readCacheFile = async (request: CacheFileRequest): Promise<Uint8Array | undefined> => {
  const file = await open(request.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await readOpened(file, request);
  } finally {
    await file.close();
  }
};

/** Writes a cache file so that a reader sees all of it or none. Errors: those of the file system. */
export const writeCacheFile = async (
  paths: { path: string; temporary: string },
  key: string,
  content: Uint8Array,
): Promise<void> => {
  try {
    const file = await open(paths.temporary, 'wx', 0o600);
    try {
      await file.writeFile(headerOf(key, content));
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await rename(paths.temporary, paths.path);
  } catch (error) {
    // A part of a file on a full disk only makes it fuller.
    await rm(paths.temporary, { force: true }).catch(() => undefined);
    throw error;
  }
};
