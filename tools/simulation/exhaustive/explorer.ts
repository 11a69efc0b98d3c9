import type { Task } from '@alluvium/testkit/simulation';

/** An event as it is known across runs. */
interface Move {
  id: string;
  actor: string;
  touches: string;
  isWrite: boolean;
}

interface Frame {
  moves: Move[];
  /** Index of the move that this run makes. */
  at: number;
  /** Ids of moves that need no run of their own here: another run had the same effect. */
  asleep: Map<string, Move>;
}

/** What was explored. */
export interface Exploration {
  /** Runs from beginning to end, no two of them equal up to the order of events that do not touch each other. */
  interleavings: number;
  /** Runs that were broken off, because what was left of them had been seen. */
  cutOff: number;
  /** False when the bound came first. */
  isComplete: boolean;
}

// Events of two actors that touch different objects, or only read, have the same effect in either order.
const commute = (left: Move, right: Move): boolean =>
  left.actor !== right.actor &&
  left.touches !== 'everything' &&
  right.touches !== 'everything' &&
  (left.touches !== right.touches || (!left.isWrite && !right.isWrite));

/**
 * Walks through all runs, depth first: each run begins anew, repeats the choices of the one before up to the last that can be made
 * otherwise, and goes on from there. Sleep sets (P. Godefroid, Partial-Order Methods, 1996) leave out runs that differ only in
 * the order of events that commute.
 */
export class Explorer {
  #frames: Frame[] = [];
  #depth = 0;
  #counts = new Map<string, number>();
  isCutOff = false;

  begin(): void {
    this.#depth = 0;
    this.#counts = new Map();
    this.isCutOff = false;
  }

  /** Which of several things a process meets with; all of them are tried. */
  decide<T extends string>(options: readonly T[]): T {
    const moves = options.map((id) => ({ id, actor: '', touches: '', isWrite: false }));
    const parent = this.#frames[this.#depth - 1];
    const frame = this.#enter(moves, this.#asleepAfter(parent));
    return (frame.moves[frame.at] as Move).id as T;
  }

  /** Which of several events comes next. Undefined: what is left has been seen. */
  next(tasks: readonly Task[]): Task | undefined {
    const byId = new Map(tasks.map((task) => [this.#idOf(task), task]));
    const moves = [...byId].map(([id, { actor, touches = '', isWrite = false }]) => ({
      id,
      actor,
      touches,
      isWrite,
    }));
    moves.sort((left, right) => (left.id < right.id ? -1 : 1));
    const parent = this.#frames[this.#depth - 1];
    const frame = this.#enter(moves, this.#asleepAfter(parent));
    const move = frame.moves[frame.at];
    if (move === undefined) {
      this.isCutOff = true;
      return undefined;
    }
    const name = move.id.replace(/ #\d+$/, '');
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return byId.get(move.id);
  }

  // The same call of the same process may come several times; its number tells which one is meant.
  #idOf({ actor, label }: Task): string {
    const name = `${actor} ${label}`;
    return `${name} #${this.#counts.get(name) ?? 0}`;
  }

  #enter(moves: Move[], asleep: Map<string, Move>): Frame {
    let frame = this.#frames[this.#depth];
    if (frame === undefined) {
      frame = { moves, asleep, at: moves.findIndex(({ id }) => !asleep.has(id)) };
      if (frame.at < 0) frame.at = moves.length;
      this.#frames.push(frame);
    }
    this.#depth += 1;
    return frame;
  }

  #asleepAfter(parent: Frame | undefined): Map<string, Move> {
    if (parent === undefined) return new Map<string, Move>();
    const { moves, at, asleep } = parent;
    const made = moves[at] as Move;
    // A decision is a process's own matter: nobody wakes up from it.
    if (made.actor === '') return asleep;
    return new Map([...asleep].filter(([, move]) => commute(move, made)));
  }

  /** Turns to the next run. False when there is none. */
  turn(): boolean {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      const made = frame.moves[frame.at];
      if (made !== undefined && made.actor !== '') frame.asleep.set(made.id, made);
      frame.at += 1;
      while (frame.at < frame.moves.length && frame.asleep.has((frame.moves[frame.at] as Move).id))
        frame.at += 1;
      if (frame.at < frame.moves.length) return true;
      this.#frames.pop();
    }
    return false;
  }
}
