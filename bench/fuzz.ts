import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { fuzz, fuzzTargets, type FuzzTally } from '../packages/vector-store/test/fuzz/fuzz.ts';
import { atLeast, atMost, machine, rounded, type Report, type Row } from './support/report.ts';

const INPUTS = 100_000;
/** What one input may take; this machine may be busy. */
const MOST_MS = 2000;
/** An input that is still running then does not end. */
const STALLED_MS = 30_000;
const SHOWN = 5;

/** What the worker tells. */
interface Measured {
  name: string;
  tally: FuzzTally;
  ms: number;
}

/** Target and seed under way, which the main thread reads while the worker is stuck. */
const place = new Int32Array((workerData as SharedArrayBuffer | undefined) ?? new SharedArrayBuffer(8));

const work = async (): Promise<void> => {
  const targets = await fuzzTargets({ large: true });
  const each = Math.ceil(INPUTS / targets.length);
  for (const [index, target] of targets.entries()) {
    const startedMs = performance.now();
    const tally = await fuzz(target, { from: 0, to: each, mostMs: MOST_MS }, (seed) => {
      Atomics.store(place, 0, index);
      Atomics.store(place, 1, seed);
    });
    parentPort?.postMessage({ name: target.name, tally, ms: performance.now() - startedMs });
  }
};

/** Resolves with what was measured, and with the input that did not end, if one did not. */
const watch = (): Promise<{ measured: Measured[]; stalled: string[] }> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: place.buffer });
    const measured: Measured[] = [];
    let [last, sinceMs] = ['', performance.now()];
    const end = (stalled: string[]): void => {
      clearInterval(timer);
      void worker.terminate();
      resolve({ measured, stalled });
    };
    const timer = setInterval(() => {
      const now = `target ${String(Atomics.load(place, 0))}, seed ${String(Atomics.load(place, 1))}`;
      if (now !== last) [last, sinceMs] = [now, performance.now()];
      else if (performance.now() - sinceMs > STALLED_MS) end([now]);
    }, 1000);
    worker.on('message', (one: Measured) => measured.push(one));
    worker.on('error', reject);
    worker.on('exit', () => {
      end([]);
    });
  });

const rowOf = ({ name, tally: { answered, refused, violations }, ms }: Measured): Row => {
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const inputs = answered + refusals + violations.length;
  return {
    case: name,
    system: 'alluvium',
    inputs,
    refused: refusals,
    answered,
    violations: violations.length,
    usPerInput: rounded((1000 * ms) / Math.max(1, inputs)),
  };
};

/**
 * Feeds broken input to everything that reads stored bytes or files: it must be refused with an error that names what is wrong, or be
 * answered; never crash, never take long or much memory, never answer wrongly where a checksum covers what was read.
 */
export const run = async (): Promise<Report> => {
  const { measured, stalled } = await watch();
  const rows = measured.map(rowOf);
  const violations = measured.flatMap(({ name, tally }) =>
    tally.violations.slice(0, SHOWN).map(({ seed, what }) => `${name}, seed ${String(seed)}: ${what}`),
  );
  for (const one of [...violations, ...stalled.map((input) => `${input} does not end`)]) console.error(one);
  const inputs = rows.reduce((sum, row) => sum + Number(row['inputs']), 0);
  const wrong = rows.reduce((sum, row) => sum + Number(row['violations']), stalled.length);
  const bars = [atLeast('inputs', inputs, INPUTS), atMost('violations', wrong, 0)];
  return { name: 'fuzz', machine: machine(), rows, bars };
};

if (!isMainThread) await work();
