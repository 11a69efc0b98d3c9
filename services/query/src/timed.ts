import type { QueryDeps } from './ports.ts';

/** A value and how long it took. */
export interface Timed<T> {
  value: T;
  ms: number;
}

/** Runs a step and measures it. */
export const timed = async <T>(
  { clock }: Pick<QueryDeps, 'clock'>,
  step: () => Promise<T>,
): Promise<Timed<T>> => {
  const startedMs = clock.monotonicMs();
  const value = await step();
  return { value, ms: clock.monotonicMs() - startedMs };
};
