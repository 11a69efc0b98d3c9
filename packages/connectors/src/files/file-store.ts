/** The bytes of a file, in pieces. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A file among those of a folder. */
export interface StoredFile {
  /** Below the folder. */
  path: string;
  sizeBytes: number;
  /** Changes whenever the content does. */
  etag: string;
}

/** Files that lie in folders. */
export interface FileStore {
  /** All files of a folder, at any depth, in the order of their paths. */
  list(folder: string): Promise<StoredFile[]>;
  /** The bytes of a file; undefined when it is gone or no longer has the etag. */
  read(folder: string, file: StoredFile): Promise<Chunks | undefined>;
}
