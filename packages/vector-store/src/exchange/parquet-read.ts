import * as zlib from 'node:zlib';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type Compressors,
  type FileMetaData,
} from 'hyparquet';
import type { DeltaDocument } from '../delta/delta.ts';
import { assembleDocuments, type ImportOptions } from './assemble-documents.ts';
import { notImportable } from './exchange-error.ts';
import { recordOfRow } from './parquet-row.ts';
import type { ForeignRecord } from './read-record.ts';

/** A file of which any part can be read. */
export interface RandomAccessFile {
  byteLength: number;
  /** Bytes from `start` to before `end`; to the end of the file without `end`. */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}

const THE_FILE = 'the file';

// Snappy is the reader's own; the others are what other systems like to write. Node has zstd from 22.15 on.
const compressors: Compressors = {
  GZIP: (input) => zlib.gunzipSync(input),
  BROTLI: (input) => zlib.brotliDecompressSync(input),
  ...('zstdDecompressSync' in zlib && { ZSTD: (input: Uint8Array) => zlib.zstdDecompressSync(input) }),
};

// The reader's own decoder takes a byte order mark at the beginning of a text away.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes) };

// The reader tells of a broken file with plain errors, some of which have a code; those of the file system have a system call.
const readable = async <T>(what: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause;
    throw notImportable(THE_FILE, `${what}: ${(cause as Error).message}`, cause);
  }
};

const readMetadata = (file: RandomAccessFile): Promise<{ metadata: FileMetaData; columns: string[] }> =>
  readable('it must be a Parquet file', async () => {
    const metadata = await parquetMetadataAsync(file);
    return { metadata, columns: parquetSchema(metadata).children.map(({ element }) => element.name) };
  });

const assertColumns = (names: readonly string[]): void => {
  if (names.includes('id') && names.includes('vector')) return;
  throw notImportable(THE_FILE, `it must have the columns "id" and "vector", and has ${names.join(', ')}`);
};

async function* readRows(file: RandomAccessFile): AsyncIterable<ForeignRecord> {
  const { metadata, columns } = await readMetadata(file);
  assertColumns(columns);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const range = { rowStart, rowEnd };
    const rows = await readable(`its rows ${rowStart + 1} to ${rowEnd} cannot be read`, () =>
      parquetReadObjects({ file, metadata, compressors, parsers, ...range }),
    );
    for (const [index, row] of rows.entries()) yield recordOfRow(`row ${rowStart + index + 1}`, row);
    rowStart = rowEnd;
  }
}

/**
 * Documents out of a Parquet file, ours or another system's with the columns `id` and `vector` (list of numbers); columns that are
 * not known are attributes. One row group at a time is in memory.
 * Error: IMPORT_INVALID, which names the row and what was expected there.
 */
export const fromParquet = (
  file: RandomAccessFile,
  options: ImportOptions = {},
): AsyncIterable<DeltaDocument> => assembleDocuments(readRows(file), options);
