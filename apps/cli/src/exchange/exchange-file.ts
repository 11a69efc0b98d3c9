import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DeltaDocument } from '@alluvium/vector-store';
import {
  fromJsonl,
  fromParquet,
  toJsonl,
  toParquet,
  type ImportOptions,
  type RandomAccessFile,
} from '@alluvium/vector-store/exchange';
import type { ExchangeFile } from './formats.ts';

const openFile = async (file: string): Promise<RandomAccessFile & { close: () => Promise<void> }> => {
  const handle = await open(file);
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
      return bytesRead === bytes.length ? bytes.buffer : bytes.buffer.slice(0, bytesRead);
    },
    close: () => handle.close(),
  };
};

/** The documents of a file. Error: IMPORT_INVALID. */
export async function* readExchangeFile(
  { file, format }: ExchangeFile,
  options: ImportOptions,
): AsyncIterable<DeltaDocument> {
  if (format === 'jsonl') {
    yield* fromJsonl(createReadStream(file) as AsyncIterable<Buffer>, options);
    return;
  }
  const source = await openFile(file);
  try {
    yield* fromParquet(source, options);
  } finally {
    await source.close();
  }
}

/** Writes documents; the file is there when all of it is. Returns its size in bytes. */
export const writeExchangeFile = async (
  { file, format }: ExchangeFile,
  documents: AsyncIterable<DeltaDocument>,
): Promise<number> => {
  const part = `${file}.part`;
  let sizeBytes = 0;
  const pieces = async function* () {
    for await (const bytes of format === 'jsonl' ? toJsonl(documents) : toParquet(documents)) {
      sizeBytes += bytes.length;
      yield bytes;
    }
  };
  try {
    await pipeline(pieces, createWriteStream(part));
    await rename(part, file);
    return sizeBytes;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};
