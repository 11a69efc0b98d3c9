import { readImmutable } from '../store/immutable-objects.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { SegmentContents } from './segment-contents.ts';
import type { SegmentCounts, SegmentDescriptor } from './segment-format.ts';
import { documentMember, SetHash } from '../publish/set-hash.ts';

/** What was counted by reading. */
export interface Tally {
  counts: SegmentCounts;
  setHash: SetHash;
}

/** An empty tally. */
export const newTally = (): Tally => ({
  counts: { documents: 0, chunks: 0, tombstones: 0 },
  setHash: new SetHash(),
});

/**
 * Reads a segment whole, checks sha256, size and every plane, and adds what it holds to `tally`.
 * Errors: OBJECT_MISSING, OBJECT_CORRUPT, SEGMENT_CORRUPT.
 */
export const tallySegment = async (
  store: ObjectStore,
  descriptor: SegmentDescriptor,
  tally: Tally,
): Promise<void> => {
  const contents = new SegmentContents((await readImmutable(store, descriptor)).body);
  for (let document = 0; document < contents.documents; document += 1) {
    const record = contents.document(document);
    if (record.deleted) {
      tally.counts.tombstones += 1;
      continue;
    }
    const chunkIds = contents.chunkIdsOf(document);
    tally.counts.documents += 1;
    tally.counts.chunks += chunkIds.length;
    tally.setHash.add(documentMember(record, chunkIds));
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
