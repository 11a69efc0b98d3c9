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
