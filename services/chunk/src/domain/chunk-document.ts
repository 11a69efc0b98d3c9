import { chunkIdOf, type ChunkedDocumentV1, type DerivedDocumentV1 } from '@alluvium/contracts';
import { chunkerIdOf, type Chunker } from '@alluvium/text';

/** Cuts one document. A deleted one, or one without text, has no chunks: it replaces what was there by nothing. */
export const chunkDocument = (document: DerivedDocumentV1, chunker: Chunker): ChunkedDocumentV1 => {
  // What a document refers to is among its attributes, too.
  const { text, headings, edges: _edges, ...rest } = document;
  const hints = { title: document.title, ...(headings === undefined ? {} : { headings }) };
  const spans = document.deleted ? [] : chunker.chunk(text, hints);
  const chunks = spans.map(({ start, end, context }, ordinal) => {
    const slice = text.slice(start, end);
    const chunkId = chunkIdOf({
      documentId: document.documentId,
      chunker: chunkerIdOf(chunker),
      ordinal,
      text: slice,
    });
    return { chunkId, ordinal, text: slice, start, end, ...(context === undefined ? {} : { context }) };
  });
  return { ...rest, chunks };
};
