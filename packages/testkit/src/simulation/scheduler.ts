import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Trace } from './trace.ts';

/** Something that will happen. */
export interface Task {
  /** Virtual time in milliseconds. */
  atMs: number;
  /** Breaks ties: earlier tasks first. */
  order: number;
  /** Who does it, for the trace. */
  actor: string;
  label: string;
  /** What it reads or writes that others may write: two tasks on different objects of different actors commute. */
  touches?: string;
  /** True when it may change what it touches. */
  isWrite?: boolean;
  run: () => void;
}

/** Whose code a task runs. */
export interface Actor {
  isAlive: boolean;
  /** Invocations it is at work on. */
  working: number;
  /** Calls whose answers it waits for, and sleeps. */
  waitingFor: number;
}

/** Which of the waiting tasks happens next; undefined: none, this run is over. */
export type Choose = (waiting: readonly Task[]) => Task | undefined;

const isEarlier = (left: Task, right: Task): boolean =>
  left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);

/** The order of time. */
export const earliest = (waiting: readonly Task[]): Task =>
  waiting.reduce((first, task) => (isEarlier(task, first) ? task : first));

/**
 * Owns time. Everything that may happen waits here, and one thing happens at a time: after it, the code that it woke runs until
 * all of it waits for the scheduler again. So a run follows from the choices alone.
 */
export class Scheduler {
  nowMs = 0;
  steps = 0;
  readonly trace: Trace;
  /** Whose code runs: everything that is called until the next step is called by him. */
  current: Actor | undefined;
  readonly #choose: Choose;
  #waiting: Task[] = [];
  #order = 0;

  constructor(trace: Trace, choose: Choose = earliest) {
    this.trace = trace;
    this.#choose = choose;
  }

  /** Adds a task `inMs` from now; returns what cancels it. */
  schedule(inMs: number, task: Omit<Task, 'atMs' | 'order'>): () => void {
    this.#order += 1;
    const added = { ...task, atMs: this.nowMs + inMs, order: this.#order };
    this.#waiting.push(added);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== added);
    };
  }

  get waiting(): readonly Task[] {
    return this.#waiting;
  }

  note(actor: string, what: string): void {
    this.trace.add(this.nowMs, actor, what);
  }

  /** Lets one thing happen. False when there is nothing. */
  async step(): Promise<boolean> {
    if (this.#waiting.length === 0) return false;
    const task = this.#choose(this.#waiting);
    if (task === undefined) return false;
    this.#waiting = this.#waiting.filter((other) => other !== task);
    this.nowMs = Math.max(this.nowMs, task.atMs);
    this.steps += 1;
    this.note(task.actor, task.label);
    task.run();
    await this.drain();
    this.current = undefined;
    return true;
  }

  /** Runs woken code until it waits. Two turns: a merge may yield to the event loop once between two calls. */
  async drain(): Promise<void> {
    for (let turn = 0; turn < 2 || (turn < 100 && this.#isAtWork()); turn += 1) await nextTurn();
  }

  #isAtWork(): boolean {
    return this.current !== undefined && this.current.working > 0 && this.current.waitingFor === 0;
  }
}
