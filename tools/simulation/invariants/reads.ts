import { firstOf, type Invariant } from './invariant.ts';

/** One look of a reader at an index. */
export interface Look {
  reader: string;
  version: number;
  /** Of the look before, in the same session. */
  versionBefore: number;
  /** What the search found, sorted. */
  found: readonly string[];
  /** What that version holds, sorted; undefined: there never was such a version. */
  expected: readonly string[] | undefined;
}

/** The snapshot's half of S14; the tail is another matter. */
export const readsGoOn: Invariant<Look> = {
  id: 'S14',
  says: 'a reader sees whole versions, and never an older one than before',
  fault: ({ reader, version, versionBefore, found, expected }) =>
    firstOf(
      version < versionBefore && `${reader} saw version ${versionBefore} and now sees ${version}`,
      expected === undefined && `${reader} sees version ${version}, which nobody committed`,
      expected !== undefined &&
        found.join(' ') !== expected.join(' ') &&
        `${reader} finds ${found.length} chunks in version ${version} instead of ${expected.length}, or others`,
    ),
};
