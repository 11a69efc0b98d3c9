import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { CliError, exitCodes } from './cli-error.ts';
import type { UploadFile } from './upload.ts';

const SKIPPED_FOLDERS = new Set(['node_modules', '.git', '.alluvium']);

const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
};

const listFolder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const parts = relative(folder, file).split(sep);
      return !parts.some((part) => SKIPPED_FOLDERS.has(part) || part.startsWith('.'));
    })
    .sort();
};

/** Describes one file for an upload under `path`. */
export const describeFile = async (file: string, path: string): Promise<UploadFile> => {
  const { size } = await stat(file);
  return { file, entry: { path, bytes: size, sha256: await sha256Of(file) } };
};

const expand = async (path: string): Promise<[file: string, name: string][]> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw new CliError(`${path} does not exist.`, exitCodes.notFound, 'Check the path and try again.');
  }
  if (found.isFile()) return [[path, basename(path)]];
  if (!found.isDirectory()) throw new CliError(`${path} is neither a file nor a folder.`, exitCodes.usage);
  const files = await listFolder(path);
  return files.map((file) => [file, relative(path, file).split(sep).join('/')]);
};

/** The files that `paths` name; folders are walked, hidden files and node_modules left out. */
export const findFiles = async (paths: string[]): Promise<UploadFile[]> => {
  const found = (await Promise.all(paths.map(expand))).flat();
  if (found.length === 0) {
    throw new CliError(
      `There is no file in ${paths.join(', ')}.`,
      exitCodes.usage,
      'Name a folder that holds documents.',
    );
  }
  const names = new Set<string>();
  for (const [file, name] of found) {
    if (names.has(name)) {
      throw new CliError(
        `Two files would be "${name}"; one is ${file}.`,
        exitCodes.usage,
        'Ingest their common folder.',
      );
    }
    names.add(name);
  }
  return Promise.all(found.map(([file, name]) => describeFile(file, name)));
};
