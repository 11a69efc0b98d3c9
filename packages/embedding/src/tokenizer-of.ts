import { huggingFaceTokenizer } from './hugging-face-tokenizer.ts';
import type { Tokenizer, TokenizerKind } from './tokenizer.ts';
import { isHandledByWordPiece } from './word-piece-file.ts';
import { wordPieceOf } from './word-piece.ts';

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
