import { splitWords, wordNormalizer } from './bert-words.ts';
import type { Tokenizer } from './tokenizer.ts';
import { readWordPieceFile, type WordPieceFile } from './word-piece-file.ts';

const MAX_CACHED_WORDS = 50_000;
// V8 copies slices of up to 12 units; a longer one would keep the whole text it was cut from alive.
const MAX_CACHED_LENGTH = 12;

/** Longest-match-first pieces of one normalized word; a word with an unmatched rest is unknown as a whole. */
const piecesOf = (file: WordPieceFile, longest: number) => {
  const { vocabulary, continuationPrefix, maxCharactersPerWord, unknown } = file;
  return (word: string): number[] => {
    const characters = Array.from(word);
    if (characters.length > maxCharactersPerWord) return [unknown];
    const whole = vocabulary.get(word);
    if (whole !== undefined) return [whole];
    const pieces: number[] = [];
    for (let start = 0; start < characters.length;) {
      let end = Math.min(characters.length, start + longest);
      let id: number | undefined;
      for (; end > start && id === undefined; end--) {
        const piece = characters.slice(start, end).join('');
        id = vocabulary.get(start === 0 ? piece : continuationPrefix + piece);
      }
      if (id === undefined) return [unknown];
      pieces.push(id);
      start = end + 1;
    }
    return pieces;
  };
};

/**
 * BERT's WordPiece, from a Hugging Face `tokenizer.json` with BertNormalizer, BertPreTokenizer and WordPiece.
 * Truncation and padding named in the file are ignored: the model's manifest rules. Special tokens are never
 * read out of text: a literal "[CLS]" is three words.
 * @throws PipelineError MODEL_INVALID for another kind of tokenizer.
 */
export const wordPieceOf = (tokenizerJson: unknown): Tokenizer => {
  const file = readWordPieceFile(tokenizerJson);
  let longest = 1;
  for (const token of file.vocabulary.keys()) longest = Math.max(longest, token.length);
  const split = piecesOf(file, longest);
  const normalize = wordNormalizer(file);
  // Keyed by the word as written, so that a repeated word skips normalization as well.
  const cache = new Map<string, number[]>();
  const encodeWord = (word: string): number[] => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    const pieces = normalize(word).flatMap(split);
    if (word.length <= MAX_CACHED_LENGTH) {
      if (cache.size >= MAX_CACHED_WORDS) cache.clear();
      cache.set(word, pieces);
    }
    return pieces;
  };
  return {
    encode(text, maxTokens) {
      const ids = [file.start];
      splitWords(text, (word) => {
        for (const id of encodeWord(word)) {
          if (ids.length >= maxTokens - 1) break;
          ids.push(id);
        }
        return ids.length < maxTokens - 1;
      });
      ids.push(file.end);
      return ids;
    },
    count(text) {
      let tokens = 0;
      splitWords(text, (word) => {
        tokens += encodeWord(word).length;
        return true;
      });
      return tokens;
    },
  };
};
