import type { ObjectStore } from '../src/index.ts';

/** A store that answers in waves: what is asked for side by side is answered together, when nothing more is asked. */
export interface WaveStore {
  store: ObjectStore;
  /** Runs a task, and tells how many waves of reads it waited for. */
  count: <T>(task: () => Promise<T>) => Promise<{ result: T; waves: number }>;
}

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Counts round trips as dependencies between reads, whatever the clock says. Other calls pass through. */
export const waveStore = (inner: ObjectStore): WaveStore => {
  let waiting: (() => void)[] = [];
  const store: ObjectStore = {
    ...inner,
    get: async (...asked) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
      return inner.get(...asked);
    },
  };
  return {
    store,
    async count(task) {
      let waves = 0;
      const state = { isOver: false };
      const running = task().finally(() => {
        state.isOver = true;
      });
      // A failure is the caller's, once the loop has ended.
      running.catch(() => undefined);
      await turn();
      while (!state.isOver) {
        if (waiting.length > 0) waves += 1;
        const answered = waiting;
        waiting = [];
        for (const answer of answered) answer();
        await turn();
      }
      return { result: await running, waves };
    },
  };
};
