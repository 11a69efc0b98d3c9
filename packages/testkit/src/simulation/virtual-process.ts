import type { Actor, Scheduler } from './scheduler.ts';

interface Freeze {
  untilMs: number;
  /** Frozen by its host: its own monotonic clock stands still meanwhile. */
  stopsClock: boolean;
}

/**
 * A process as the protocol sees it: a clock that is wrong, continuations that come late while it is paused, and none any more once
 * it has died. What it sent before goes on without it.
 */
export class VirtualProcess implements Actor {
  readonly name: string;
  readonly scheduler: Scheduler;
  isAlive = true;
  waitingFor = 0;
  working = 0;
  readonly #skewMs: number;
  #stoodStillMs = 0;
  #resumeAtMs = 0;

  constructor(scheduler: Scheduler, name: string, skewMs = 0) {
    this.scheduler = scheduler;
    this.name = name;
    this.#skewMs = skewMs;
  }

  /** Its own clocks: wall time with its skew, monotonic time without what it spent frozen. */
  readonly clock = {
    nowMs: (): number => VirtualProcess.epochMs + this.scheduler.nowMs + this.#skewMs,
    monotonicMs: (): number => this.scheduler.nowMs - this.#stoodStillMs,
  };

  /** Wall time at the start of every run. */
  static readonly epochMs = Date.UTC(2026, 0, 1);

  /** Nothing reaches it until then; what arrives meanwhile is taken up afterwards. */
  freeze({ untilMs, stopsClock }: Freeze): void {
    if (untilMs <= this.#resumeAtMs) return;
    const fromMs = Math.max(this.scheduler.nowMs, this.#resumeAtMs);
    if (stopsClock) this.#stoodStillMs += untilMs - fromMs;
    this.#resumeAtMs = untilMs;
  }

  die(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.scheduler.note(this.name, 'is dead');
    this.died();
  }

  /** Called once, when it dies. */
  died: () => void = () => undefined;

  /** Lets something reach the process `inMs` from now, or when it goes on; never, if it is dead by then. */
  deliver(inMs: number, label: string, run: () => void): () => void {
    let isCanceled = false;
    let cancelTask = (): void => undefined;
    const arrive = (): void => {
      if (!this.isAlive || isCanceled) return;
      const leftMs = this.#resumeAtMs - this.scheduler.nowMs;
      if (leftMs > 0) {
        wait(leftMs);
        return;
      }
      this.scheduler.current = this;
      run();
    };
    const wait = (waitMs: number): void => {
      cancelTask = this.scheduler.schedule(waitMs, { actor: this.name, label, run: arrive });
    };
    wait(inMs);
    return () => {
      isCanceled = true;
      cancelTask();
    };
  }

  /** Runs one invocation; `ended` hears of its end, unless the process dies before. */
  invoke<T>(work: () => Promise<T>, ended: (failure: unknown, result?: T) => void): void {
    this.working += 1;
    const end = (failure: unknown, result?: T): void => {
      this.working -= 1;
      if (this.isAlive) ended(failure, result);
    };
    work().then(
      (result) => end(undefined, result),
      (failure: unknown) => end(failure ?? new Error('failed without a reason')),
    );
  }

  /** Resolves after virtual time. */
  sleep(forMs: number): Promise<void> {
    this.waitingFor += 1;
    return new Promise((resolve) => {
      this.deliver(forMs, 'wakes', () => {
        this.waitingFor -= 1;
        resolve();
      });
    });
  }
}
