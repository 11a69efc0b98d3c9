import type { Chunker } from '@alluvium/text';

/** What chunkers are compared with: windows of so many characters, wherever words and sentences end. */
export const fixedWindows = (sizeChars: number, overlapChars: number): Chunker => ({
  name: 'fixed windows',
  version: 1,
  parameters: { sizeChars, overlapChars },
  chunk(text) {
    const step = sizeChars - overlapChars;
    const count = Math.max(1, Math.ceil((text.length - overlapChars) / step));
    return Array.from({ length: count }, (_, index) => ({
      start: index * step,
      end: Math.min(text.length, index * step + sizeChars),
    }));
  },
});
