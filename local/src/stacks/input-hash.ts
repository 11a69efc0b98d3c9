import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Made by packaging, or without a part in what is packaged. */
const IGNORED = new Set(['node_modules', 'dist', '.serverless', 'test', 'README.md']);

const SHARED = ['package.json', 'package-lock.json', 'services/provider.yml'];

const filesBelow = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries
      .filter(({ name }) => !IGNORED.has(name))
      .map(async (entry) => {
        const full = path.join(directory, entry.name);
        return entry.isDirectory() ? filesBelow(full) : [full];
      }),
  );
  return nested.flat().sort();
};

/** Every package may end up in a bundle. */
const packageFiles = async (root: string): Promise<string[]> => {
  const packages = await readdir(path.join(root, 'packages')).catch(() => []);
  const sources = await Promise.all(
    packages.sort().map((name) => filesBelow(path.join(root, 'packages', name, 'src'))),
  );
  return [...sources.flat(), ...packages.map((name) => path.join(root, 'packages', name, 'package.json'))];
};

/** Sixteen hex digits that change when anything changes that `sls package` of this service reads. */
export const hashInputs = async (root: string, service: string, extra: string[]): Promise<string> => {
  const files = [
    ...SHARED.map((name) => path.join(root, name)),
    ...(await filesBelow(path.join(root, 'services', service))),
    ...(await packageFiles(root)),
  ];
  const hash = createHash('sha256').update(extra.join('\0'));
  for (const file of files) {
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) continue;
    hash.update(`\0${path.relative(root, file)}\0${String(content.length)}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
};
