import type { Head, VerificationReport } from '@alluvium/vector-store';
import type { ReferenceContent } from '../reference-model.ts';
import { firstOf, type Invariant } from './invariant.ts';

/** A committed version, read by somebody who looks on. */
export interface Committed {
  head: Head;
  /** Content keys of the applied set that the manifest names, as they are listed. */
  listed: readonly string[];
  /** Those that the version which it builds upon held. */
  before: readonly string[];
  /** Those that rollbacks took out and nobody let in again. */
  refused: ReadonlySet<string>;
  /** The version that a rollback went back to. */
  past?: { version: number; chunkIds: readonly string[] };
  /** Those of them that may be forgotten: their runs are too long ago. */
  forgettable: ReadonlySet<string>;
  /** Those that can never be applied. */
  poisoned: ReadonlySet<string>;
  /** What `listed` and `before` come to. */
  expected: ReferenceContent;
  /** As the segments have them, sorted. */
  chunkIds: readonly string[];
  /** Chunks of documents that the last revision deletes. */
  deletedChunkIds: ReadonlySet<string>;
  verification: Pick<VerificationReport, 'problems' | 'counts' | 'setHash'>;
  /** Cosines of every chunk with its own vector, as a search gives them. */
  ownCosines: readonly number[];
}

const few = (names: readonly string[]): string => names.slice(0, 3).join(', ');

const missingFrom = (names: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
};

/** What the manifest names is there, whole and unchanged. */
export const reachable: Invariant<Committed> = {
  id: 'S4',
  says: 'every object that a manifest names exists with its size and sha256',
  fault: ({ verification }) => {
    const found = verification.problems.find(({ code }) => code !== 'COUNTS_MISMATCH');
    return found && `${found.code}: ${found.message}`;
  },
};

/** Objects other than HEAD never change. */
export const immutable: Invariant<{ key: string; before: Uint8Array | undefined; after: Uint8Array }> = {
  id: 'S4',
  says: 'an object that is there keeps its bytes',
  fault: ({ key, before, after }) =>
    before === undefined || Buffer.compare(before, after) === 0 ? undefined : `${key} is overwritten`,
};

/** The content follows from the applied set, and the applied set only grows, by each delta once. */
export const headIsFold: Invariant<Committed> = {
  id: 'S6',
  says: 'HEAD holds the fold of exactly its applied deltas: the last revision of each document wins',
  fault: ({ head, listed, before, forgettable, poisoned, expected, chunkIds }) => {
    const lost = missingFrom(before, listed).filter((key) => !forgettable.has(key));
    const twice = listed.filter((key, index) => listed.indexOf(key) !== index);
    const bad = listed.filter((key) => poisoned.has(key));
    const absent = missingFrom(expected.chunkIds, chunkIds);
    const surplus = missingFrom(chunkIds, expected.chunkIds);
    const version = `version ${head.version}`;
    return firstOf(
      lost.length > 0 && `${version} forgets that ${few(lost)} was applied`,
      twice.length > 0 && `${version} lists ${few(twice)} twice`,
      bad.length > 0 && `${version} lists ${few(bad)}, which cannot be applied`,
      absent.length > 0 && `${version} misses chunks ${few(absent)}`,
      surplus.length > 0 && `${version} has chunks ${few(surplus)}, which no applied delta leaves standing`,
      head.counts.documents !== expected.documents &&
        `${version} has ${head.counts.documents} documents instead of ${expected.documents}`,
    );
  },
};

/** Vectors come out as they went in. */
export const chunksAreSound: Invariant<Committed> = {
  id: 'S7',
  says: 'no chunk is there twice; its vector has unit length and its own direction',
  fault: ({ head, chunkIds, ownCosines }) => {
    const twice = chunkIds.filter((id, index) => id === chunkIds[index + 1]);
    const bent = ownCosines.filter((cosine) => !(cosine > 0.99 && cosine < 1.001));
    return firstOf(
      twice.length > 0 && `version ${head.version} has chunks ${few(twice)} twice`,
      bent.length > 0 && `version ${head.version} has a vector whose cosine with itself is ${bent[0]}`,
      ownCosines.length !== chunkIds.length &&
        `version ${head.version} shows ${ownCosines.length} of ${chunkIds.length} chunks to a search`,
    );
  },
};

/** What was deleted stays deleted until somebody writes it anew. */
export const deletedIsInvisible: Invariant<Committed> = {
  id: 'S8',
  says: 'a deleted document is invisible unless a newer revision brings it back',
  fault: ({ head, chunkIds, deletedChunkIds }) => {
    const seen = chunkIds.filter((id) => deletedChunkIds.has(id));
    return seen.length > 0 ? `version ${head.version} shows deleted ${few(seen)}` : undefined;
  },
};

/** Counts and setHash are kept by adding and taking away; they must come to what is there. */
export const booksBalance: Invariant<Committed> = {
  id: 'S9',
  says: 'counts and setHash of HEAD are those of its content',
  fault: ({ head, expected, forgettable, verification }) => {
    const { tombstones } = head.counts;
    // Tombstones are forgotten with the runs.
    const isShort = tombstones < expected.tombstones && forgettable.size > 0;
    const mismatch = verification.problems.find(({ code }) => code === 'COUNTS_MISMATCH');
    return firstOf(
      mismatch && mismatch.message,
      head.setHash !== expected.setHash &&
        `version ${head.version} has the setHash ${head.setHash} instead of ${expected.setHash}`,
      head.counts.chunks !== expected.chunkIds.length &&
        `version ${head.version} counts ${head.counts.chunks} chunks instead of ${expected.chunkIds.length}`,
      tombstones !== expected.tombstones &&
        !isShort &&
        `version ${head.version} counts ${tombstones} tombstones instead of ${expected.tombstones}`,
    );
  },
};
