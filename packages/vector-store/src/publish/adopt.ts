import type { DeltaDocument } from '../delta/delta.ts';
import { supersedes, type Ranked } from '../delta/fold.ts';
import type { SegmentDescriptor } from '../segment/segment-format.ts';
import { countDocument, type Tally } from '../segment/verify-segment.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { supersedeStored, withDead, type StoredDocument } from './supersede.ts';

/** A segment that was made before the publish, and its living documents. */
export interface ReadySegment {
  descriptor: SegmentDescriptor;
  documents: readonly StoredDocument[];
}

interface Standing extends Ranked {
  /** Absent for a change. */
  place?: { segment: number; document: StoredDocument };
}

interface Meeting {
  store: ObjectStore;
  dims: number;
  /** Of the old snapshot. */
  before: readonly SegmentDescriptor[];
  ready: readonly ReadySegment[];
}

/**
 * Lets changes, ready segments and the old snapshot meet: of each document the greatest revision stands. What loses is dead, or leaves
 * `changes`; what is replaced in the old snapshot leaves `tally`, and what the ready segments add to it enters. Errors: those of the
 * store, SEGMENT_CORRUPT.
 */
export const adoptSegments = async (
  { store, dims, before, ready }: Meeting,
  changes: Map<string, DeltaDocument>,
  tally: Tally,
): Promise<{ marked: SegmentDescriptor[]; adopted: SegmentDescriptor[] }> => {
  const source = { store, dims, segments: before };
  if (ready.length === 0) return { marked: await supersedeStored(source, changes, tally), adopted: [] };
  const dead = ready.map((): StoredDocument[] => []);
  const lose = (documentId: string, { place }: Standing): void => {
    if (place === undefined) changes.delete(documentId);
    else dead[place.segment]?.push(place.document);
  };
  const standing = new Map<string, Standing>(changes);
  for (const [segment, { documents }] of ready.entries())
    for (const document of documents) {
      const { documentId, revision, deleted } = document.record;
      const candidate = { revision, deleted, place: { segment, document } };
      const present = standing.get(documentId);
      if (present !== undefined && !supersedes(candidate, present)) lose(documentId, candidate);
      else {
        if (present !== undefined) lose(documentId, present);
        standing.set(documentId, candidate);
      }
    }
  const winners = new Map(standing);
  const marked = await supersedeStored(source, winners, tally);
  for (const [documentId, entry] of standing) {
    if (!winners.has(documentId)) lose(documentId, entry);
    else if (entry.place !== undefined) {
      const { record, chunkIds } = entry.place.document;
      countDocument(tally, record, { chunkIds, sign: 1 });
    }
  }
  const adopted = ready.map(({ descriptor }, segment) => withDead(descriptor, dead[segment] ?? []));
  return { marked, adopted };
};
