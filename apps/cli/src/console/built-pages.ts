import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError, exitCodes } from '../cli-error.ts';

const FOLDER = fileURLToPath(new URL('../../../console/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const INPUTS = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'];

const modifiedMs = async (path: string): Promise<number> => (await stat(path)).mtimeMs;

const newestInput = async (): Promise<number> => {
  const files = INPUTS.map((input) => join(FOLDER, input));
  for (const folder of files.slice(0, 2)) {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    files.push(...entries.map((entry) => join(entry.parentPath, entry.name)));
  }
  return Math.max(...(await Promise.all(files.map(modifiedMs))));
};

const isFresh = async (page: string): Promise<boolean> =>
  existsSync(page) && (await modifiedMs(page)) > (await newestInput());

const build = (vite: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: FOLDER });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new CliError(`The console could not be built.\n${said}`, exitCodes.failed));
    });
  });

const prepare = async (): Promise<string> => {
  const dist = join(FOLDER, 'dist');
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!(await isFresh(join(dist, 'index.html')))) await build(vite);
  return dist;
};

let prepared: Promise<string> | undefined;

/**
 * Folder of the console's pages, which are built when they are missing or older than what they are made of; once a
 * process.
 */
export const builtPages = (): Promise<string> => (prepared ??= prepare());
