import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { sha256Hex } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import { describeFile } from '../find-files.ts';
import type { UploadFile } from '../upload.ts';

const DOCUMENT = /^readme(?:\.(?:md|markdown|mdx|txt))?$|\.(?:md|markdown|mdx)$/i;
const CONCURRENT_READS = 16;

/** Documents of the installed packages, each text once. */
export interface DemoCorpus {
  files: UploadFile[];
  /** Files left out because another one has the same text. */
  duplicates: number;
  /** sha256 over paths and contents; equal means nothing changed. */
  fingerprint: string;
}

const packageOf = (path: string): string => {
  const parts = path.split('/');
  const [first = '', second = ''] = parts.slice(parts.lastIndexOf('node_modules') + 1);
  return first.startsWith('@') ? `${first}/${second}` : first;
};

const findDocuments = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && DOCUMENT.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((one, other) => one.split('/').length - other.split('/').length || (one < other ? -1 : 1));
};

const describePackageFile = async (folder: string, path: string): Promise<UploadFile> => {
  const name = packageOf(path);
  const { file, entry } = await describeFile(join(folder, path), path);
  const url = `https://www.npmjs.com/package/${name}`;
  return { file, entry: { ...entry, url, attributes: { package: name } } };
};

/** Every README and Markdown document below `folder`, a node_modules; of identical ones the least nested. */
export const findDemoCorpus = async (folder: string): Promise<DemoCorpus> => {
  const paths = await findDocuments(folder);
  const described = new Map<string, UploadFile>();
  await mapLimit(paths, CONCURRENT_READS, async (path) => {
    described.set(path, await describePackageFile(folder, path));
  });
  const byContent = new Map<string, UploadFile>();
  for (const path of paths) {
    const file = described.get(path);
    if (file !== undefined && !byContent.has(file.entry.sha256)) byContent.set(file.entry.sha256, file);
  }
  const files = [...byContent.values()];
  const fingerprint = sha256Hex(files.map(({ entry }) => `${entry.path} ${entry.sha256}\n`).join(''));
  return { files, duplicates: paths.length - files.length, fingerprint };
};
