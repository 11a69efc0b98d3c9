import { useState } from 'preact/hooks';
import { asProblem, type Problem } from './call.ts';

/** Something that is done on a click. */
export interface Action<Args extends unknown[]> {
  run: (...args: Args) => void;
  isBusy: boolean;
  problem: Problem | undefined;
}

/** Does `work` when it is asked to, once at a time, and keeps the problem where it happened. */
export const useAction = <Args extends unknown[]>(work: (...args: Args) => Promise<void>): Action<Args> => {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const run = (...args: Args): void => {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    work(...args)
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  };
  return { run, isBusy, problem };
};
