import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ScratchTree } from './scratch-tree.ts';

/** What became of one test file. */
export interface FileReport {
  passed: string[];
  failed: string[];
  /** Why the file could not run at all. */
  broken?: string;
}

interface JestResult {
  testResults: {
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** Runs a Node program in the copy; resolves with its exit status and what it wrote. */
const runNode = (cwd: string, args: string[]): Promise<{ status: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    // Whoever stops the command stops what it started, before the copy is removed from under it.
    const stop = (): void => void child.kill('SIGKILL');
    process.prependOnceListener('exit', stop);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', () => process.removeListener('exit', stop));
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }));
  });

const reportOf = ({ message, assertionResults }: JestResult['testResults'][number]): FileReport => {
  const titled = (status: string): string[] =>
    assertionResults.filter((result) => result.status === status).map(({ fullName }) => fullName);
  const report = { passed: titled('passed'), failed: titled('failed') };
  return assertionResults.length === 0 ? { ...report, broken: message } : report;
};

/** Runs test files, given by their paths from the root, in the copy; `filter` is a pattern of titles. */
export const runTests = async (
  { root, aside }: ScratchTree,
  files: string[],
  filter?: string,
): Promise<FileReport[]> => {
  const outputFile = join(aside, 'result.json');
  rmSync(outputFile, { force: true });
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const { output } = await runNode(root, [
    '--experimental-vm-modules',
    jest,
    ...['--ci', '--json', '--watchman=false'],
    ...[`--outputFile=${outputFile}`, `--cacheDirectory=${join(aside, 'cache')}`],
    ...(filter === undefined ? [] : [`--testNamePattern=${filter}`]),
    ...['--runTestsByPath', ...files],
  ]);
  try {
    const { testResults } = JSON.parse(readFileSync(outputFile, 'utf8')) as JestResult;
    return testResults.map(reportOf);
  } catch (cause) {
    throw new Error(`jest gave no result for ${files.join(' ')}:\n${output.slice(-2000)}`, { cause });
  }
};

/** Runs the generator in the copy; gives its words when it refuses the schemas. */
export const regenerate = async ({ root }: ScratchTree): Promise<string | undefined> => {
  const { status, output } = await runNode(root, ['tools/generate-contracts.ts']);
  return status === 0 ? undefined : output.trim();
};
