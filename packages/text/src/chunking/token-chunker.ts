import type { Chunker } from './chunker.ts';
import { pack } from './pack.ts';
import { requireSizes } from './require-sizes.ts';
import { tokenRuler, type TokenCounter } from './token-ruler.ts';
import { sentenceUnits } from './units.ts';

/** Sizes in tokens of the counter. */
export interface TokenChunkOptions {
  /** No chunk has more. At least 16. Default 384. */
  maxTokens?: number;
  /** How many tokens of a chunk's end the next one may repeat; at most half of maxTokens. Default 64. */
  overlapTokens?: number;
}

/**
 * The strategy `token`: whole sentences, as many as fit the tokens that a model reads. As the strategy `sentence` but for
 * the measure. Error: CHUNKER_OPTIONS_INVALID.
 */
export const tokenChunker = (
  counter: TokenCounter,
  { maxTokens = 384, overlapTokens = 64 }: TokenChunkOptions = {},
): Chunker => {
  requireSizes({ maxTokens, overlapTokens }, { least: 16 });
  const piece = maxTokens - overlapTokens;
  return {
    name: 'token',
    version: 1,
    parameters: { maxTokens, overlapTokens, tokenizer: counter.name },
    chunk(text) {
      const ruler = tokenRuler(text, counter, piece);
      const units = sentenceUnits(text, { start: 0, end: text.length }, ruler, { max: maxTokens, piece });
      return pack(text, units, ruler, { max: maxTokens, overlap: overlapTokens });
    },
  };
};
