import { residentCache } from '../cache/plane-cache.ts';
import { supersedes, type Ranked } from '../delta/fold.ts';
import { packOrdinals, unpackOrdinals } from '../segment/dead-documents.ts';
import { readDocuments } from '../segment/read-documents.ts';
import { chunkIdOf } from '../segment/segment-contents.ts';
import {
  addCounts,
  ordinalsOf,
  type DocumentRecord,
  type SegmentDescriptor,
} from '../segment/segment-format.ts';
import { SegmentReader } from '../segment/segment-reader.ts';
import { countDocument, newTally, type Tally } from '../segment/verify-segment.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** A document of a segment, by what a merge must know of it. */
export interface StoredDocument {
  ordinal: number;
  record: DocumentRecord;
  chunkIds: string[];
}

const EMPTY = { documents: 0, chunks: 0, tombstones: 0 };

const findLiving = async (
  segment: SegmentReader,
  documents: ReadonlyMap<string, unknown>,
): Promise<StoredDocument[]> => {
  const found = await readDocuments(segment, { documents, dead: false }, { requests: 0, bytes: 0 });
  return found.map(({ ordinal, record, chunks }) => ({ ordinal, record, chunkIds: chunks.map(chunkIdOf) }));
};

/** A segment of which more documents are dead. */
export const withDead = (
  descriptor: SegmentDescriptor,
  killed: readonly StoredDocument[],
): SegmentDescriptor => {
  if (killed.length === 0) return descriptor;
  const before = unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)) ?? [];
  const ordinals = [...before, ...killed.map(({ ordinal }) => ordinal)].sort((left, right) => left - right);
  const { counts } = killed.reduce((tally, { record, chunkIds }) => {
    countDocument(tally, record, { chunkIds, sign: 1 });
    return tally;
  }, newTally());
  return {
    ...descriptor,
    dead: {
      ordinals: packOrdinals(ordinals),
      counts: addCounts(descriptor.dead?.counts ?? EMPTY, counts),
    },
  };
};

/**
 * Lets changes meet the documents that are stored: what a change replaces is dead from now on and leaves `tally`, a change that is
 * older than what is stored leaves `changes`. Errors: those of the store, SEGMENT_CORRUPT.
 */
export const supersedeStored = async (
  { store, dims, segments }: { store: ObjectStore; dims: number; segments: readonly SegmentDescriptor[] },
  changes: Map<string, Ranked>,
  tally: Tally,
): Promise<SegmentDescriptor[]> => {
  const source = { store, dims, cache: residentCache({ memoryBytes: 0 }) };
  const marked: SegmentDescriptor[] = [];
  for (const descriptor of segments) {
    const found = await findLiving(new SegmentReader(source, descriptor), changes);
    const killed = found.filter(({ record, chunkIds }) => {
      const change = changes.get(record.documentId);
      const isReplaced = change !== undefined && supersedes(change, record);
      if (isReplaced) countDocument(tally, record, { chunkIds, sign: -1 });
      else changes.delete(record.documentId);
      return isReplaced;
    });
    marked.push(withDead(descriptor, killed));
  }
  return marked;
};
