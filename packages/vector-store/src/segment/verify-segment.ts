import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { documentMember, SetHash } from '../publish/set-hash.ts';
import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { corruptObject } from '../store/store-errors.ts';
import { unpackOrdinals } from './dead-documents.ts';
import { chunkIdOf, SegmentContents } from './segment-contents.ts';
import { ordinalsOf, type SegmentCounts, type SegmentDescriptor } from './segment-format.ts';

/** Between two of these the event loop turns, so that a lease is renewed. */
const YIELD_DOCUMENTS = 500;

/** What was counted. */
export interface Tally {
  counts: SegmentCounts;
  setHash: SetHash;
}

/** An empty tally, or one that begins with what is known. */
export const newTally = (counts?: SegmentCounts, setHash?: string): Tally => ({
  counts: { documents: 0, chunks: 0, tombstones: 0, ...counts },
  setHash: new SetHash(setHash),
});

/** Counts a document in (1) or out (-1). */
export const countDocument = (
  { counts, setHash }: Tally,
  record: Parameters<typeof documentMember>[0] & { deleted: boolean },
  { chunkIds, sign }: { chunkIds: readonly string[]; sign: 1 | -1 },
): void => {
  if (record.deleted) {
    counts.tombstones += sign;
    return;
  }
  counts.documents += sign;
  counts.chunks += sign * chunkIds.length;
  const member = documentMember(record, chunkIds);
  if (sign === 1) setHash.add(member);
  else setHash.remove(member);
};

const deadOf = ({ key, dead, ...counts }: SegmentDescriptor): Set<number> => {
  const ordinals = unpackOrdinals(dead?.ordinals ?? '', ordinalsOf(counts));
  if (ordinals) return new Set(ordinals);
  throw corruptObject('MANIFEST_CORRUPT', `The manifest names dead documents that ${key} does not have`, {
    key,
  });
};

/**
 * Reads a segment whole, checks sha256, size and every plane, and adds what it holds to `tally`; its dead do not count.
 * Errors: OBJECT_MISSING, OBJECT_CORRUPT, SEGMENT_CORRUPT.
 */
export const tallySegment = async (
  store: ObjectStore,
  { descriptor, dims }: { descriptor: SegmentDescriptor; dims: number },
  tally: Tally,
): Promise<void> => {
  const contents = new SegmentContents((await readImmutable(store, descriptor)).body, dims);
  const dead = deadOf(descriptor);
  for (let document = 0; document < contents.documents; document += 1) {
    if (document % YIELD_DOCUMENTS === 0) await yieldToEvents();
    if (dead.has(document)) continue;
    const { record, rows } = contents.document(document);
    countDocument(tally, record, { chunkIds: rows.map((row) => chunkIdOf(row.record)), sign: 1 });
  }
};

/** What differs between two states, in words, or `undefined`. */
export const tallyFault = (
  tally: Tally,
  expected: { counts: SegmentCounts; setHash: string },
): string | undefined => {
  const names = ['documents', 'chunks', 'tombstones'] as const;
  const wrong = names.find((name) => tally.counts[name] !== expected.counts[name]);
  if (wrong) return `it holds ${tally.counts[wrong]} ${wrong} instead of ${expected.counts[wrong]}`;
  return tally.setHash.toString() === expected.setHash
    ? undefined
    : `its setHash is ${tally.setHash.toString()} instead of ${expected.setHash}`;
};
