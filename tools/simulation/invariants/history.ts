import type { Committed } from './contents.ts';
import { firstOf, type Invariant } from './invariant.ts';

const few = (names: readonly string[]): string => names.slice(0, 3).join(', ');

/** A rollback gives what the old version gave, and nothing of what came after. */
export const rollbackReturns: Invariant<Committed> = {
  id: 'S17',
  says: 'a rollback holds what the version held that it goes back to, and nothing else',
  fault: ({ head, listed, before, past, chunkIds }) => {
    if (past === undefined) return undefined;
    const known = new Set(before);
    const surplus = listed.filter((key) => !known.has(key));
    return firstOf(
      surplus.length > 0 && `version ${head.version} goes back to ${past.version} and lists ${few(surplus)}`,
      chunkIds.join(' ') !== past.chunkIds.join(' ') &&
        `version ${head.version} has ${chunkIds.length} chunks, version ${past.version} had ${past.chunkIds.length}, or others`,
    );
  },
};

/** What a rollback took out stays out until somebody lets it in. */
export const revertedStaysOut: Invariant<Committed> = {
  id: 'S20',
  says: 'a reverted delta is in no later version until it is let in again',
  fault: ({ head, listed, refused }) => {
    const back = listed.filter((key) => refused.has(key));
    return back.length > 0 ? `version ${head.version} holds reverted ${few(back)}` : undefined;
  },
};

/** One look at a version of the past. */
export interface PastLook {
  asOf: number;
  /** Sorted; undefined: it was refused, for the reason in `refusal`. */
  found: readonly string[] | undefined;
  refusal?: string;
  /** What the version held when it was committed, sorted. */
  expected: readonly string[];
  /** Retention has kept it all the time. */
  isRetained: boolean;
}

/** The past does not change; only what retention lets go may be refused. */
export const pastStays: Invariant<PastLook> = {
  id: 'S17',
  says: 'asOf(v) returns what v returned, as long as retention keeps v',
  fault: ({ asOf, found, refusal, expected, isRetained }) =>
    firstOf(
      found === undefined && isRetained && `version ${asOf} is kept and is refused as ${refusal}`,
      found !== undefined &&
        found.join(' ') !== expected.join(' ') &&
        `version ${asOf} has ${found.length} chunks now and had ${expected.length}, or others`,
    ),
};

/** A deletion that took effect. */
export interface Deletion {
  key: string;
  /** Of the object, by the clock of the store. */
  ageMs: number;
  youngMs: number;
  /** Versions that are kept and need it. */
  neededBy: readonly number[];
}

/** Nothing goes that is needed, or that somebody may be about to need. */
export const nothingNeededGoes: Invariant<Deletion> = {
  id: 'S13',
  says: 'garbage collection deletes nothing that a kept version names, and nothing young',
  fault: ({ key, ageMs, youngMs, neededBy }) =>
    firstOf(
      neededBy.length > 0 && `${key} is deleted, and version ${neededBy[0]} needs it`,
      ageMs < youngMs && `${key} is deleted ${ageMs} ms after it was written`,
    ),
};

/** What kept versions need, and what is there. */
export interface Closure {
  /** Keys that are missing or of another size, with the version that names them. */
  broken: readonly { version: number; key: string }[];
}

/** Not only the current version: every one that somebody may ask for. */
export const closureIsThere: Invariant<Closure> = {
  id: 'S4',
  says: 'every object that a kept version names is there',
  fault: ({ broken: [first] }) => first && `version ${first.version} names ${first.key}, which is not there`,
};

/** What two cycles of garbage collection left, when everything was old enough. */
export interface Leftovers {
  indexPath: string;
  left: readonly string[];
}

/** Garbage does not stay. */
export const nothingIsLeft: Invariant<Leftovers> = {
  id: 'LIVENESS',
  says: 'two cycles of garbage collection leave nothing but what is needed',
  fault: ({ left }) => (left.length > 0 ? `${few(left)} is left by garbage collection` : undefined),
};
