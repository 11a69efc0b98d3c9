import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPatchHeader } from '../mutations/runner/patch-header.ts';
import { makeScratchTree, type ScratchTree } from '../mutations/runner/scratch-tree.ts';
import type { FailedSeed } from './run-seeds.ts';

/** A fault of the protocol, as a patch. */
export interface PlantedFault {
  /** `<nn>-<what is wrong>` */
  name: string;
  /** Absolute path of the patch. */
  path: string;
  /** Invariants of which it breaks one. */
  breaks: string[];
  /** What is wrong, in a sentence. */
  fault: string;
}

/** How the planted faults came off; `by` has the seed that caught each. */
export interface PlantingReport {
  planted: number;
  caught: number;
  missed: string[];
  by: Record<string, number>;
}

const FOLDER = new URL('mutations/', import.meta.url);
const FIELDS = new Set(['breaks', 'fault']);

/** Reads one patch; throws when its name or its header is not as it should be. */
export const parseFault = (file: string, text: string): PlantedFault => {
  const { name, field } = readPatchHeader(file, text, FIELDS);
  const path = fileURLToPath(new URL(file, FOLDER));
  return { name, path, breaks: field('breaks').split(/\s+/), fault: field('fault') };
};

/** Every planted fault, by number. */
export const readFaults = (): PlantedFault[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => parseFault(file, readFileSync(new URL(file, FOLDER), 'utf8')));

interface Outcome {
  failed: FailedSeed[];
  /** Why there is no outcome. */
  broken?: string;
}

const simulate = (root: string, seeds: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const options = ['--seeds', String(seeds), '--stop-at-first', '--json'];
    const child = spawn(process.execPath, ['tools/simulate.ts', ...options], { cwd: root });
    const stop = (): void => void child.kill('SIGKILL');
    process.prependOnceListener('exit', stop);
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('close', () => {
      process.removeListener('exit', stop);
      try {
        const last = Buffer.concat(out).toString('utf8').trim().split('\n').at(-1) ?? '';
        resolve({ failed: (JSON.parse(last) as Outcome).failed });
      } catch {
        resolve({ failed: [], broken: Buffer.concat(err).toString('utf8').slice(-500) });
      }
    });
  });

const tryOut = async (
  tree: ScratchTree,
  { path, breaks }: PlantedFault,
  seeds: number,
): Promise<{ seed?: number; words: string }> => {
  const misfit = tree.apply(path);
  if (misfit !== undefined) return { words: `does not apply any more: ${misfit}` };
  const { failed, broken } = await simulate(tree.root, seeds);
  if (broken !== undefined) return { words: `does not run: ${broken}` };
  const found = failed.find(({ invariant }) => breaks.includes(invariant));
  if (found !== undefined)
    return { seed: found.seed, words: `seed ${found.seed}, ${found.invariant}: ${found.message}` };
  const [other] = failed;
  return {
    words: other ? `breaks ${other.invariant} instead: ${other.message}` : `no seed of ${seeds} notices`,
  };
};

/** Plants each fault in a copy of the tree and lets seeds run until one breaks an invariant that it should break. */
export const plantFaults = async (
  faults: PlantedFault[],
  { seeds, say }: { seeds: number; say: (line: string) => void },
): Promise<PlantingReport> => {
  const tree = makeScratchTree(fileURLToPath(new URL('../../', import.meta.url)));
  process.once('exit', () => tree.remove());
  const clean = await simulate(tree.root, 20);
  if (clean.broken !== undefined || clean.failed.length > 0)
    throw new Error(`Without a fault: ${clean.broken ?? clean.failed[0]?.message}. Mend this first.`);
  const report: PlantingReport = { planted: faults.length, caught: 0, missed: [], by: {} };
  for (const fault of faults) {
    const { seed, words } = await tryOut(tree, fault, seeds);
    tree.restore();
    say(`${fault.name} ${seed === undefined ? 'MISSED' : 'caught'}: ${words}`);
    if (seed === undefined) report.missed.push(fault.name);
    else {
      report.caught += 1;
      report.by[fault.name] = seed;
    }
  }
  tree.remove();
  return report;
};
