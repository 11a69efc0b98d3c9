import type { TextSpan } from '../sentences.ts';
import type { Chunker } from './chunker.ts';
import { pack } from './pack.ts';
import { requireSizes } from './require-sizes.ts';
import { characterRuler } from './ruler.ts';
import { sentenceUnits } from './units.ts';

/** Sizes in UTF-16 units, as JavaScript counts. */
export interface ChunkOptions {
  /** No chunk is longer. At least 2. Default 280. */
  maxChars?: number;
  /** How much of a chunk's end the next one may repeat; at most half of maxChars. Default 40. */
  overlapChars?: number;
}

/**
 * Cuts text into chunks of whole sentences, as many as fit. A chunk repeats the whole sentences, or else the
 * whole words, at the end of the one before it that fit `overlapChars`; a sentence that is too long is cut
 * between words, a word that is too long inside. `text.slice(start, end)` is the chunk, without white space
 * around it; starts and ends strictly increase; everything but white space is in some chunk. The same text and
 * options give the same chunks. Linear time.
 * @throws PipelineError CHUNKER_OPTIONS_INVALID.
 */
export const chunkText = (
  text: string,
  { maxChars = 280, overlapChars = 40 }: ChunkOptions = {},
): TextSpan[] => {
  requireSizes({ maxChars, overlapChars }, { least: 2 });
  const ruler = characterRuler(text);
  // Pieces leave room for the overlap; only a cut character's two halves need more than that.
  const limits = { max: maxChars, piece: Math.max(2, maxChars - overlapChars) };
  const units = sentenceUnits(text, { start: 0, end: text.length }, ruler, limits);
  return pack(text, units, ruler, { max: maxChars, overlap: overlapChars });
};

/** The strategy `sentence`: {@link chunkText}. Error: CHUNKER_OPTIONS_INVALID. */
export const sentenceChunker = ({ maxChars = 280, overlapChars = 40 }: ChunkOptions = {}): Chunker => {
  requireSizes({ maxChars, overlapChars }, { least: 2 });
  const parameters = { maxChars, overlapChars };
  return { name: 'sentence', version: 1, parameters, chunk: (text) => chunkText(text, parameters) };
};
