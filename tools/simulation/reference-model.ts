import { createHash } from 'node:crypto';
import type { Delta, DeltaDocument } from '@alluvium/vector-store';

/** What a snapshot must hold, worked out in the simplest way that there is and with none of the engine's code. */
export interface ReferenceContent {
  /** Sorted. */
  chunkIds: string[];
  documents: number;
  tombstones: number;
  setHash: string;
  liveDocumentIds: string[];
}

const rankOf = ({ revision, deleted }: DeltaDocument): [number, number, string, number] => [
  revision.fence,
  revision.sequence,
  revision.contentHash,
  Number(deleted),
];

const isGreater = (left: DeltaDocument, right: DeltaDocument): boolean => {
  const [mine, other] = [rankOf(left), rankOf(right)];
  const index = mine.findIndex((part, position) => part !== other[position]);
  return index >= 0 && (mine[index] as string | number) > (other[index] as string | number);
};

// The published rule: sha256 of the JSON of identity, revision and chunk ids, summed modulo 2^256.
const memberOf = ({ documentId, revision, chunks }: DeltaDocument): bigint => {
  const { fence, sequence, contentHash } = revision;
  const text = JSON.stringify([
    documentId,
    fence,
    sequence,
    contentHash,
    ...chunks.map(({ chunkId }) => chunkId),
  ]);
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
};

/** The last revision of each document, deleted ones included, whatever the order of the deltas. */
export const standingOf = (deltas: Iterable<Delta>): Map<string, DeltaDocument> => {
  const standing = new Map<string, DeltaDocument>();
  for (const { documents } of deltas)
    for (const document of documents) {
      const present = standing.get(document.documentId);
      if (present === undefined || isGreater(document, present)) standing.set(document.documentId, document);
    }
  return standing;
};

/** What the deltas come to. */
export const contentOf = (deltas: Iterable<Delta>): ReferenceContent => {
  const all = [...standingOf(deltas).values()];
  const live = all.filter(({ deleted }) => !deleted);
  const sum = live.reduce((total, document) => total + memberOf(document), 0n) % (1n << 256n);
  return {
    chunkIds: live.flatMap(({ chunks }) => chunks.map(({ chunkId }) => chunkId)).sort(),
    documents: live.length,
    tombstones: all.length - live.length,
    setHash: sum.toString(16).padStart(64, '0'),
    liveDocumentIds: live.map(({ documentId }) => documentId),
  };
};
