import type { Scheduler } from './scheduler.ts';
import { VirtualProcess } from './virtual-process.ts';

type Callback = (...parameters: unknown[]) => void;

interface VirtualTimer {
  cancel: () => void;
  unref: () => VirtualTimer;
  ref: () => VirtualTimer;
}

const NAMES = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] as const;

const newTimer = (
  process: VirtualProcess,
  { run, everyMs, isRepeated }: { run: () => void; everyMs: number; isRepeated: boolean },
): VirtualTimer => {
  let isOver = false;
  let cancelNext = (): void => undefined;
  const wait = (): void => {
    cancelNext = process.deliver(everyMs, 'timer', () => {
      if (isOver) return;
      if (isRepeated) wait();
      run();
    });
  };
  wait();
  const timer: VirtualTimer = {
    cancel: () => {
      isOver = true;
      cancelNext();
    },
    unref: () => timer,
    ref: () => timer,
  };
  return timer;
};

/**
 * Puts the global timers under the scheduler: a timer belongs to the process that runs when it is set, stops with it and is late
 * with it. Outside of every process the real ones are used. Returns what takes it back.
 */
export const ownTimers = (scheduler: Scheduler): (() => void) => {
  const real = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
  const start =
    (name: 'setTimeout' | 'setInterval') =>
    (run: Callback, delayMs = 0, ...parameters: unknown[]): unknown => {
      const process = scheduler.current;
      if (!(process instanceof VirtualProcess))
        return (real[name] as typeof setTimeout)(run, delayMs, ...parameters);
      const isRepeated = name === 'setInterval';
      return newTimer(process, { run: () => run(...parameters), everyMs: delayMs, isRepeated });
    };
  const clear =
    (name: 'clearTimeout' | 'clearInterval') =>
    (timer: unknown): void => {
      if (typeof timer === 'object' && timer !== null && 'cancel' in timer) (timer as VirtualTimer).cancel();
      else (real[name] as (timer: unknown) => void)(timer);
    };
  Object.assign(globalThis, {
    setTimeout: start('setTimeout'),
    setInterval: start('setInterval'),
    clearTimeout: clear('clearTimeout'),
    clearInterval: clear('clearInterval'),
  });
  return () => void Object.assign(globalThis, real);
};
