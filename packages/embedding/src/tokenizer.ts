import { isHandledByWordPiece, wordPieceOf } from './word-piece.ts';
import { huggingFaceTokenizer } from './hugging-face-tokenizer.ts';

/** Turns text into token ids. */
export interface Tokenizer {
  /**
   * The tokens of the text between those that the model wants around it ([CLS] and [SEP], say): at most `maxTokens`
   * ids in all. The cost is bounded by the part of the text that those tokens cover.
   */
  encode(text: string, maxTokens: number): number[];
  /** Tokens of the whole text, without those around it. */
  count(text: string): number;
}

/** How a model's tokenizer.json is run: by the WordPiece of this package, or by the library for all kinds. */
export type TokenizerKind = 'wordpiece' | 'hf-json';

/** The kind that suits a `tokenizer.json`: 'wordpiece', which is faster, for every file that it can run. */
export const tokenizerKind = (tokenizerJson: unknown): TokenizerKind =>
  isHandledByWordPiece(tokenizerJson) ? 'wordpiece' : 'hf-json';

/**
 * The tokenizer of a parsed Hugging Face `tokenizer.json`. Truncation and padding named in the file are ignored: the
 * model's manifest rules.
 * @throws PipelineError MODEL_INVALID for a file that `kind` cannot run.
 */
export const tokenizerOf = (
  tokenizerJson: unknown,
  kind: TokenizerKind = tokenizerKind(tokenizerJson),
): Tokenizer => (kind === 'wordpiece' ? wordPieceOf(tokenizerJson) : huggingFaceTokenizer(tokenizerJson));
