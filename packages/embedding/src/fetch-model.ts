import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest, type ModelFile } from './manifest.ts';
import { corrupt, describeBytes, requireSame } from './model-files.ts';

/** What an object store's read may answer. */
export type ByteSource = AsyncIterable<Uint8Array> | Uint8Array;

/** Where a model comes from and where it goes. */
export interface FetchModelOptions {
  /** Reads one object whole, by key. Its errors are passed on as they are. */
  read(key: string): Promise<ByteSource>;
  /** Key prefix of the model with its last slash: `models/<id>/`. */
  prefix: string;
  /** A folder that may be written, such as /tmp. */
  tmpDirectory: string;
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else yield* source;
}

const readWhole = async (source: ByteSource): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of chunksOf(source)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const isVerified = async (path: string, expected: ModelFile): Promise<boolean> => {
  try {
    const found = await describeBytes(createReadStream(path));
    return found.bytes === expected.bytes && found.sha256 === expected.sha256;
  } catch {
    // Absent or unreadable: either way it is fetched, and a disk that cannot be written says so then.
    return false;
  }
};

const download = async (source: ByteSource, path: string, expected: ModelFile): Promise<void> => {
  const file = await open(path, 'wx');
  try {
    async function* writing() {
      let bytes = 0;
      for await (const chunk of chunksOf(source)) {
        bytes += chunk.byteLength;
        // A wrong object must not fill the disk before its hash is known.
        if (bytes > expected.bytes)
          throw corrupt(`${path} is longer than its manifest says`, { path, expected });
        await file.writeFile(chunk);
        yield chunk;
      }
    }
    requireSame(path, expected, await describeBytes(writing()));
  } finally {
    await file.close();
  }
};

const fetchFile = async (
  options: FetchModelOptions,
  directory: string,
  [name, expected]: [string, ModelFile],
) => {
  const path = join(directory, name);
  if (await isVerified(path, expected)) return;
  // Unique, as other processes may share the folder; the rename makes the whole file appear at once.
  const part = join(options.tmpDirectory, `${expected.sha256}.${randomUUID()}.part`);
  try {
    await download(await options.read(options.prefix + name), part, expected);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};

const fetchOnce = async (options: FetchModelOptions): Promise<string> => {
  const bytes = await readWhole(await options.read(`${options.prefix}manifest.json`));
  const manifest = readManifest(bytes);
  // A folder per manifest: a model that was replaced under the same id never mixes with its successor.
  const hash = createHash('sha256').update(bytes).digest('hex');
  const directory = join(options.tmpDirectory, `${manifest.id}-${hash.slice(0, 12)}`);
  await mkdir(directory, { recursive: true });
  for (const file of Object.entries(manifest.files)) await fetchFile(options, directory, file);
  const path = join(directory, 'manifest.json');
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(bytes) !== true) {
    const part = join(options.tmpDirectory, `${hash}.${randomUUID()}.part`);
    await writeFile(part, bytes);
    await rename(part, path);
  }
  return directory;
};

const underway = new Map<string, Promise<string>>();

/**
 * Brings a model from an object store to the disk and returns its directory, ready for loadEmbedder. Each
 * file is hashed while it streams and appears only when size and sha256 are those of the manifest; what is
 * there already and proves good is not fetched again. Calls at the same time share one download.
 * @throws PipelineError MODEL_INVALID for the manifest, MODEL_CORRUPT for a file that differs, and whatever
 * `read` throws.
 */
export const fetchModel = (options: FetchModelOptions): Promise<string> => {
  const key = join(options.tmpDirectory, options.prefix);
  const shared = underway.get(key);
  if (shared !== undefined) return shared;
  const fetching = fetchOnce(options).finally(() => underway.delete(key));
  underway.set(key, fetching);
  return fetching;
};
