import type { DeltaDocument } from '@alluvium/vector-store';
import { count } from '../output.ts';

/** How much went through. */
export interface Tally {
  documents: number;
  chunks: number;
  deleted: number;
}

export const newTally = (): Tally => ({ documents: 0, chunks: 0, deleted: 0 });

/** Counts a document. */
export const tallyDocument = (tally: Tally, { deleted, chunks }: DeltaDocument): void => {
  if (deleted) tally.deleted += 1;
  else tally.documents += 1;
  tally.chunks += chunks.length;
};

/** `3 documents with 12 chunks, 1 deleted` */
export const renderTally = ({ documents, chunks, deleted }: Tally): string =>
  `${count(documents)} documents with ${count(chunks)} chunks` +
  (deleted > 0 ? `, ${count(deleted)} deleted` : '');
