import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { SeedResult } from './run-seed.ts';

/** A seed that broke an invariant. */
export interface FailedSeed {
  seed: number;
  invariant: string;
  message: string;
}

/** How many runs went. */
export interface Campaign {
  seeds: number;
  steps: number;
  /** Of all runs in the order of their seeds. */
  fingerprint: string;
  failed: FailedSeed[];
}

export interface CampaignOptions {
  first: number;
  count: number;
  /** Runs at a time. */
  jobs: number;
  /** Ends with the first violation; the fingerprint then says nothing. */
  stopsAtFirst?: boolean;
  progress?: (done: number) => void;
}

type Answer = { result: SeedResult } | { seed: number; failure: string };

// A run that throws is a fault of the simulation or of code that must not throw there; either way somebody has to look.
const resultOf = (answer: Answer): SeedResult => {
  if ('result' in answer) return answer.result;
  const violations = [{ invariant: 'CRASH', message: answer.failure, atMs: 0 }];
  return { seed: answer.seed, steps: 0, fingerprint: 'crash', violations, lines: [] };
};

const summary = (results: SeedResult[]): Campaign => {
  const sorted = results.toSorted((left, right) => left.seed - right.seed);
  const fingerprint = createHash('sha256')
    .update(sorted.map((result) => result.fingerprint).join(' '))
    .digest('hex');
  return {
    seeds: sorted.length,
    steps: sorted.reduce((sum, { steps }) => sum + steps, 0),
    fingerprint: fingerprint.slice(0, 16),
    failed: sorted.flatMap(({ seed, violations }) =>
      violations.slice(0, 1).map(({ invariant, message }) => ({ seed, invariant, message })),
    ),
  };
};

/** Runs many seeds in worker threads. A run does not depend on which thread it is in. */
export const runSeeds = (options: CampaignOptions): Promise<Campaign> => {
  const { first, count, jobs, stopsAtFirst = false, progress } = options;
  const results: SeedResult[] = [];
  const workers: Worker[] = [];
  let next = first;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      for (const worker of workers) void worker.terminate();
      resolve(summary(results));
    };
    const hand = (worker: Worker): void => {
      if (next < first + count) worker.postMessage((next += 1) - 1);
    };
    const take = (worker: Worker, answer: Answer): void => {
      const result = resultOf(answer);
      results.push(result);
      progress?.(results.length);
      if (results.length === count || (stopsAtFirst && result.violations.length > 0)) end();
      else hand(worker);
    };
    for (let job = 0; job < Math.min(jobs, count); job += 1) {
      const worker = new Worker(new URL('seed-worker.ts', import.meta.url));
      workers.push(worker);
      worker.on('message', (answer: Answer) => take(worker, answer));
      worker.on('error', reject);
      hand(worker);
    }
  });
};
