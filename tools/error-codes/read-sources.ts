import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const FOLDERS = [
  'packages/*/src/**/*.ts',
  'services/*/src/**/*.ts',
  'local/src/**/*.ts',
  'apps/*/src/**/*.{ts,tsx}',
];
/** Not what users meet: generated code, and fakes for tests. */
const LEFT_OUT = ['packages/contracts/src/generated/', 'packages/testkit/'];

/** Text of every source file of the project by its path. */
export const readSources = (): Record<string, string> =>
  Object.fromEntries(
    FOLDERS.flatMap((pattern) => globSync(pattern, { cwd: fileURLToPath(ROOT) }))
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => !LEFT_OUT.some((folder) => path.startsWith(folder)))
      .sort()
      .map((path) => [path, readFileSync(new URL(path, ROOT), 'utf8')]),
  );
