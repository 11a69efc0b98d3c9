import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A copy of the repository that may be broken at will. */
export interface ScratchTree {
  /** Root of the copy. */
  root: string;
  /** An empty folder beside it, for what belongs to no tree. */
  aside: string;
  /** Applies a patch; gives git's words when it does not fit. */
  apply(patch: string): string | undefined;
  /** Takes back whatever was changed since the copy was made. */
  restore(): void;
  remove(): void;
}

// Inside a git hook these name the repository that runs it, wherever git is started.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')),
);

const git = (folder: string, ...args: string[]) =>
  spawnSync('git', ['-c', 'core.autocrlf=false', ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

const gitOrThrow = (folder: string, ...args: string[]): string => {
  const { status, stdout, stderr } = git(folder, ...args);
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed in ${folder}: ${stderr}`);
  return stdout;
};

/**
 * Links every package of a node_modules folder. Links to workspaces are turned to the copy: a link to the folder as a
 * whole would lead back to the original packages, and no fault in them would ever be seen.
 */
const linkModules = (from: string, to: string, { source, root }: { source: string; root: string }): void => {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [original, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory() && entry.name.startsWith('@')) {
      linkModules(original, copy, { source, root });
      continue;
    }
    const target = realpathSync(original);
    symlinkSync(entry.isSymbolicLink() ? join(root, relative(source, target)) : target, copy, 'junction');
  }
};

const copyFiles = (source: string, root: string): void => {
  const files = gitOrThrow(source, 'ls-files', '--cached', '--others', '--exclude-standard', '-z').split(
    '\0',
  );
  for (const file of new Set(files)) {
    if (file === '' || !existsSync(join(source, file))) continue;
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(source, file), join(root, file));
  }
};

const workspaceFolders = (source: string): string[] =>
  ['packages', 'services', 'apps']
    .flatMap((group) => readdirSync(join(source, group)).map((name) => join(group, name)))
    .concat('.', 'local');

/** Copies tracked and untracked files of the repository at `source` to a temporary folder; `source` itself is left alone. */
export const makeScratchTree = (source: string): ScratchTree => {
  const aside = mkdtempSync(join(realpathSync(tmpdir()), 'alluvium-mutations-'));
  const root = join(aside, 'tree');
  mkdirSync(root);
  copyFiles(source, root);
  for (const folder of workspaceFolders(source)) {
    const modules = join(source, folder, 'node_modules');
    if (existsSync(modules)) linkModules(modules, join(root, folder, 'node_modules'), { source, root });
  }
  // The index is the memory of the clean tree; nothing is ever committed.
  gitOrThrow(root, 'init', '--quiet');
  gitOrThrow(root, 'add', '--all');
  return {
    root,
    aside,
    apply: (patch) => {
      const { status, stderr } = git(root, 'apply', '--whitespace=nowarn', patch);
      return status === 0 ? undefined : stderr.trim();
    },
    restore: () => {
      gitOrThrow(root, 'checkout-index', '--force', '--all');
      gitOrThrow(root, 'clean', '--quiet', '--force', '-d');
    },
    remove: () => rmSync(aside, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
};
