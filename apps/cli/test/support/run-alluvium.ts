import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../bin/alluvium.mjs', import.meta.url));

/** How a command ended and what it said. */
export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line in `folder`, in a terminal of 80 columns. */
export const runAlluvium = (folder: string, args: string[], stdin = ''): Promise<Answer> =>
  new Promise((resolve) => {
    const env = { ...process.env, COLUMNS: '80' };
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(stdin);
  });
