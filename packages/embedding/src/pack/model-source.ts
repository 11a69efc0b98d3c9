import type { ByteSource } from '../fetch-model.ts';

/** How far one file has come. */
export type OnBytes = (file: string, bytes: number, totalBytes: number) => void;

/** Where the files of a model are read from: a folder, or a hub. */
export interface ModelSource {
  /** What people call it: a folder's or a repository's name. */
  readonly name: string;
  /** The commit that files are read at; of a folder undefined. */
  readonly revision: string | undefined;
  /**
   * One file, or undefined when it is not there. Its bytes may be cut off by an error: MODEL_DOWNLOAD_FAILED.
   * @throws PipelineError MODEL_INVALID when the file is longer than `maxBytes`.
   */
  read(path: string, maxBytes: number): Promise<{ body: ByteSource; bytes: number | undefined } | undefined>;
}
