import type { Chunker } from './chunker.ts';
import { trimSpan } from './spans.ts';

/** The strategy `none`: a text is one chunk, whatever its length. A model reads the beginning of a long one. */
export const wholeChunker = (): Chunker => ({
  name: 'none',
  version: 1,
  parameters: {},
  chunk(text) {
    const span = trimSpan(text, { start: 0, end: text.length });
    return span.end === span.start ? [] : [span];
  },
});
