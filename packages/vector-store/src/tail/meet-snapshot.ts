import { supersedes } from '../delta/fold.ts';
import { packOrdinals, unpackOrdinals } from '../segment/dead-documents.ts';
import { addCounts, ordinalsOf, type SegmentDescriptor } from '../segment/segment-format.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { ReadMeter } from '../store/range-reads.ts';
import { storedDocuments, type StoredDocument } from './stored-documents.ts';
import type { TailDelta, TailDocument } from './tail-delta.ts';

type Killed = Pick<TailDocument, 'ordinal' | 'deleted' | 'chunks'>;

interface Standing {
  delta: TailDelta;
  document: TailDocument;
}

const EMPTY = { documents: 0, chunks: 0, tombstones: 0 };

const countsOf = ({ deleted, chunks }: Killed) => ({
  documents: Number(!deleted),
  chunks,
  tombstones: Number(deleted),
});

const withDead = (descriptor: SegmentDescriptor, killed: readonly Killed[]): SegmentDescriptor => {
  const before = unpackOrdinals(descriptor.dead?.ordinals ?? '', ordinalsOf(descriptor)) ?? [];
  const ordinals = [...before, ...killed.map(({ ordinal }) => ordinal)].sort((left, right) => left - right);
  const counts = killed
    .map(countsOf)
    .reduce((sum, one) => addCounts(sum, one), descriptor.dead?.counts ?? EMPTY);
  return { ...descriptor, dead: { ordinals: packOrdinals(ordinals), counts } };
};

const marked = (segment: SegmentReader, killed: readonly Killed[]): SegmentReader =>
  killed.length === 0 ? segment : segment.describedBy(withDead(segment.descriptor, killed));

// The standing state of each document among the deltas, and what it leaves dead in them.
const foldDeltas = (deltas: readonly TailDelta[]) => {
  const standing = new Map<string, Standing>();
  const dead = new Map<TailDelta, Killed[]>(deltas.map((delta) => [delta, []]));
  for (const delta of deltas)
    for (const [documentId, document] of delta.documents) {
      const present = standing.get(documentId);
      const stays = present !== undefined && !supersedes(document, present.document);
      if (!stays) standing.set(documentId, { delta, document });
      const loser = stays ? { delta, document } : present;
      if (loser) dead.get(loser.delta)?.push(loser.document);
    }
  return { standing, dead };
};

const livingOf = async (
  segment: SegmentReader,
  deltas: readonly TailDelta[],
  meter: ReadMeter,
): Promise<StoredDocument[]> => {
  const found = await Promise.all(deltas.map((delta) => storedDocuments(segment, delta, meter)));
  const gone = segment.deadDocuments();
  // Several deltas may bring the same document.
  const unique = new Map(found.flat().map((stored) => [stored.ordinal, stored]));
  return [...unique.values()].filter(({ ordinal }) => gone?.[ordinal] !== 1);
};

/**
 * The segments of a snapshot and of deltas as one: of each document the greatest revision lives, all others are dead, as after a
 * publish of the deltas. Deltas that the snapshot has already change nothing. Errors: OBJECT_MISSING, SEGMENT_CORRUPT.
 */
export const meetSnapshot = async (
  segments: readonly SegmentReader[],
  deltas: readonly TailDelta[],
  meter: ReadMeter,
): Promise<SegmentReader[]> => {
  const { standing, dead } = foldDeltas(deltas);
  const stored = await Promise.all(segments.map((segment) => livingOf(segment, deltas, meter)));
  const older = segments.map((segment, index) => {
    const killed = (stored[index] ?? []).filter((document) => {
      const rival = standing.get(document.documentId);
      if (!rival) return false;
      const isReplaced = supersedes(rival.document, document);
      if (!isReplaced) dead.get(rival.delta)?.push(rival.document);
      return isReplaced;
    });
    return marked(segment, killed);
  });
  const newer = deltas.flatMap((delta) =>
    delta.segment ? [marked(delta.segment, dead.get(delta) ?? [])] : [],
  );
  return [...older, ...newer];
};
