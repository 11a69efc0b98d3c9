import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('train.c', import.meta.url));
/** Sums may be added in any order: that is what makes them fast, and the same machine still repeats them. */
const FLAGS = ['-O3', '-march=native', '-ffast-math', '-Wall', '-Wextra'];

/** How the table is trained; what is not given is as for the built-in model. */
export interface TrainingOptions {
  /** Prefix of the files that encodePairs wrote. */
  data: string;
  vocabulary: number;
  dims: number;
  /** Written at the end; training goes on from it when it is there. */
  checkpoint: string;
  batch?: number;
  steps?: number;
  /** Most seconds that it takes, whatever the steps. */
  seconds?: number;
  rate?: number;
  temperature?: number;
  seed?: number;
}

/** How far training has come. */
export interface TrainingProgress {
  step: number;
  loss: number;
  /** Share of the anchors whose own positive is the nearest of the batch. */
  found: number;
}

const run = (
  command: string,
  args: readonly string[],
  onLine: (line: string) => void = () => undefined,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    createInterface({ input: child.stdout }).on('line', onLine);
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code ?? 'a signal'}: ${said}`));
    });
  });

/** Whether there is a C compiler to build the trainer with. */
export const hasCompiler = async (): Promise<boolean> => {
  try {
    await run('cc', ['--version']);
    return true;
  } catch {
    return false;
  }
};

/** Builds the trainer for this machine. Error: no C compiler, or one that refuses the source. */
export const compileTrainer = (program: string): Promise<void> =>
  run('cc', [...FLAGS, '-o', program, SOURCE, '-lm']);

/** Runs the trainer to its end. */
export const runTrainer = async (
  program: string,
  { data, vocabulary, dims, checkpoint, ...named }: TrainingOptions,
  onProgress: (progress: TrainingProgress) => void = () => undefined,
): Promise<void> => {
  const options = Object.entries(named).map(([name, value]) => `${name}=${value}`);
  await run(program, [data, String(vocabulary), String(dims), checkpoint, ...options], (line) => {
    const [step = 0, loss = 0, found = 0] = line.split(' ').map(Number);
    onProgress({ step, loss, found });
  });
};

/** The table of a checkpoint: Float32Array(`vocabulary` x `dims`), a row a token. */
export const readTable = async (
  checkpoint: string,
  { vocabulary, dims }: { vocabulary: number; dims: number },
): Promise<Float32Array> => {
  const bytes = await readFile(checkpoint);
  const start = bytes.byteOffset + Uint32Array.BYTES_PER_ELEMENT;
  return new Float32Array(bytes.buffer.slice(start, start + 4 * vocabulary * dims));
};
