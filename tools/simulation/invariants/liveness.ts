import type { DeltaState } from './inbox.ts';
import { firstOf, type Invariant } from './invariant.ts';

/** How things stand when nothing moves any more. */
export interface Quiescence {
  /** Of each delivered attempt's delta. */
  states: ReadonlyMap<string, DeltaState>;
  /** Those that can never be applied. */
  poisoned: ReadonlySet<string>;
  /** Those that may be either: they came again when it was too long ago. */
  eitherWay: ReadonlySet<string>;
  /** Those that the world was told of. */
  told: ReadonlySet<string>;
  /** Leases that are still held. */
  held: readonly string[];
  /** Bodies of dead letters that are not poison. */
  deadLetters: readonly string[];
  /** Chunk ids by index: what is there and what the fold of all good deltas comes to, sorted. */
  indexes: readonly { indexPath: string; found: readonly string[]; expected: readonly string[] }[];
}

const isWrong = (state: DeltaState, isPoison: boolean): boolean =>
  state !== (isPoison ? 'REJECTED' : 'APPLIED');

/** Every delta has come to its end, in effect exactly once, and the world knows. */
export const everythingSettles: Invariant<Quiescence> = {
  id: 'LIVENESS',
  says: 'once faults stop, every delta is applied or rejected and told of, leases are free, dead letters hold only poison',
  fault: ({ states, poisoned, eitherWay, told, held, deadLetters, indexes }) => {
    const wrong = [...states].find(([name, state]) => {
      const ends = eitherWay.has(name) ? [false, true] : [poisoned.has(name)];
      return ends.every((isPoison) => isWrong(state, isPoison));
    });
    const untold = [...states.keys()].find((name) => !told.has(name));
    const other = indexes.find(({ found, expected }) => found.join(' ') !== expected.join(' '));
    return firstOf(
      wrong && `${wrong[0]} ends as ${wrong[1]}`,
      untold !== undefined && `nobody was told of ${untold}`,
      other &&
        `${other.indexPath} ends with ${other.found.length} chunks instead of ${other.expected.length}, or others`,
      held.length > 0 && `${held[0]} is still held`,
      deadLetters.length > 0 && `a dead letter is no poison: ${deadLetters[0]}`,
    );
  },
};
