/** Runs tasks one at a time, in the order in which they came. */
export interface SerialQueue {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when all tasks so far have ended. */
  drain(): Promise<void>;
}

/** One writer at a time makes every transaction serializable without per-item locks; a write takes well under a millisecond. */
export const makeSerialQueue = (): SerialQueue => {
  let tail: Promise<unknown> = Promise.resolve();
  const run = <T>(task: () => Promise<T>): Promise<T> => {
    const result = tail.then(task);
    tail = result.catch(() => undefined);
    return result;
  };
  return { run, drain: () => run(() => Promise.resolve()) };
};
