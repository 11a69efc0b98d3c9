import { chunkIdOf, type ChunkedDocumentV1, type DerivedDocumentV1 } from '@alluvium/contracts';
import { chunkText } from '@alluvium/text';

/** How documents are cut: whole sentences up to `maxChars`, neighbours sharing up to `overlapChars`. */
export interface Chunker {
  maxChars: number;
  overlapChars: number;
}

export const defaultChunker: Chunker = { maxChars: 280, overlapChars: 40 };

/** Names strategy, parameters and version; part of every chunk's identity. */
export const chunkerId = ({ maxChars, overlapChars }: Chunker): string =>
  `sentence-1/${maxChars}/${overlapChars}`;

/** Cuts one document. A deleted one, or one without text, has no chunks: it replaces what was there by nothing. */
export const chunkDocument = (document: DerivedDocumentV1, chunker: Chunker): ChunkedDocumentV1 => {
  const { text, ...rest } = document;
  const slices = document.deleted ? [] : chunkText(text, chunker);
  const chunks = slices.map(({ start, end }, ordinal) => {
    const slice = text.slice(start, end);
    const chunkId = chunkIdOf({
      documentId: document.documentId,
      chunker: chunkerId(chunker),
      ordinal,
      text: slice,
    });
    return { chunkId, ordinal, text: slice, start, end };
  });
  return { ...rest, chunks };
};
