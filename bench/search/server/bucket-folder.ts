import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

/** An object of a bucket: a file of the folder that is served. */
export interface FileObject {
  file: string;
  sizeBytes: number;
  etag: string;
  lastModified: Date;
}

const describe = (file: string, stats: Stats): FileObject => ({
  file,
  sizeBytes: stats.size,
  etag: `"${stats.size.toString(16)}-${Math.round(stats.mtimeMs * 1000).toString(16)}"`,
  lastModified: stats.mtime,
});

/** Files below a folder under their paths; the first part of a path is the bucket. */
export class BucketFolder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = normalize(root);
  }

  #fileOf(path: string): string {
    const file = normalize(join(this.#root, path));
    if (!file.startsWith(this.#root)) throw new Error(`${path} leaves the folder`);
    return file;
  }

  find(path: string): FileObject | undefined {
    const file = this.#fileOf(path);
    const stats = existsSync(file) ? statSync(file) : undefined;
    return stats?.isFile() ? describe(file, stats) : undefined;
  }

  put(path: string, body: Uint8Array): FileObject {
    const file = this.#fileOf(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    return describe(file, statSync(file));
  }

  /** Objects of a bucket, ascending by key. */
  list(bucket: string, prefix: string): [key: string, object: FileObject][] {
    const folder = this.#fileOf(bucket);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file): [string, string] => [relative(folder, file).split(sep).join('/'), file])
      .filter(([key]) => key.startsWith(prefix))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, file]) => [key, describe(file, statSync(file))]);
  }
}
