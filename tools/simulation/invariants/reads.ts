import { firstOf, type Invariant } from './invariant.ts';

/** One look of a reader at an index: a version, and deltas beside it. */
export interface Look {
  reader: string;
  /** 0: nothing is published. */
  version: number;
  /** Of the look before, in the same session. */
  versionBefore: number;
  /** What the search found, sorted. */
  found: readonly string[];
  /** What that version and the deltas of the tail come to, sorted; undefined: there never was such a version. */
  expected: readonly string[] | undefined;
}

/** Versions are whole and go on; deltas of the tail count as if they were in the version already. */
export const readsGoOn: Invariant<Look> = {
  id: 'S14',
  says: 'a reader sees whole versions with their tail, and never an older one than before',
  fault: ({ reader, version, versionBefore, found, expected }) =>
    firstOf(
      version < versionBefore && `${reader} saw version ${versionBefore} and now sees ${version}`,
      expected === undefined && `${reader} sees version ${version}, which nobody committed`,
      expected !== undefined &&
        found.join(' ') !== expected.join(' ') &&
        `${reader} finds ${found.length} chunks in version ${version} instead of ${expected.length}, or others`,
    ),
};

/** What a reader took of the tail. Deltas by their content keys. */
export interface TailLook {
  reader: string;
  version: number;
  /** Searched beside the version. */
  tail: readonly string[];
  /** So many it says it left out. */
  omitted: number;
  /** Announced before the look began, good, and neither in the version nor refused by it. */
  awaited: readonly string[];
  /** What the version refuses. */
  refused: ReadonlySet<string>;
}

/** Whoever asks for the tail gets all of it, or is told that it is not all. */
export const tailIsWhole: Invariant<TailLook> = {
  id: 'S14',
  says: 'a search with the tail includes every delta that was announced before, or says what it left out',
  fault: ({ reader, version, tail, omitted, awaited }) => {
    const taken = new Set(tail);
    const missing = awaited.filter((key) => !taken.has(key));
    return missing.length > omitted
      ? `${reader} misses ${missing[0]} beside version ${version} and says that ${omitted} are left out`
      : undefined;
  },
};

/** Taking a delta out of the snapshot takes it out of the tail. */
export const tailIsNotReverted: Invariant<TailLook> = {
  id: 'S20',
  says: 'a reverted delta is in no tail',
  fault: ({ reader, version, tail, refused }) => {
    const back = tail.filter((key) => refused.has(key));
    return back.length > 0 ? `${reader} finds reverted ${back[0]} beside version ${version}` : undefined;
  },
};
