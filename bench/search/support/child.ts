import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One thread each, so that systems are compared and not their schedulers. */
const SINGLE_THREAD = {
  OMP_NUM_THREADS: '1',
  RAYON_NUM_THREADS: '1',
  LANCE_CPU_THREADS: '1',
  TOKIO_WORKER_THREADS: '1',
};

export interface ChildOptions {
  /** Threads are limited to one unless told otherwise. */
  threads?: 'one' | 'all';
  timeoutMs?: number;
}

// Node quotes the line that threw before it says what was thrown.
const reasonOf = (errors: string, code: number | null): string => {
  const lines = errors.split('\n').map((line) => line.trim());
  const thrown = lines.find((line) => /^\w*error\b[^=]*:/i.test(line));
  return thrown ?? `it ended with exit code ${String(code)}: ${lines[0] ?? ''}`;
};

/** Runs a script in a fresh process with one job as its argument, and returns what it reports. */
export const runChild = async (
  script: URL,
  job: unknown,
  { threads = 'one', timeoutMs = 900_000 }: ChildOptions = {},
): Promise<unknown> => {
  const env = { ...process.env, ...(threads === 'one' && SINGLE_THREAD), NODE_NO_WARNINGS: '1' };
  const child = spawn(process.execPath, [fileURLToPath(script), JSON.stringify(job)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(reasonOf(errors, code));
  return JSON.parse(output.trim().split('\n').at(-1) ?? 'null');
};

/** In the child: the job. */
export const jobOf = (): unknown => JSON.parse(process.argv[2] ?? '{}');

/** In the child: reports and ends, whatever threads a native library keeps. */
export const reportAndExit = (result: unknown): void => {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
};

/** Greatest size of this process so far. */
export const peakRssMb = (): number => process.resourceUsage().maxRSS / 1000;
