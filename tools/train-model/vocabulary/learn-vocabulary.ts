import { alphabetOf, continuesWords } from './alphabet.ts';
import { PairCounts, type CutWord } from './pair-counts.ts';

/** Tokens that every vocabulary begins with, in this order. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** What goes before a token that goes on a word. */
export const CONTINUATION = '##';

const RARE = 3;
const LONGEST_WORD = 40;

const cut = (word: string, count: number): CutWord => ({
  count,
  tokens: Array.from(word, (character, at) => (at === 0 ? character : CONTINUATION + character)),
});

/**
 * Learns a WordPiece vocabulary of at most `size` tokens from words and how often they occur: characters first, then the
 * most frequent two tokens merged into one, again and again (Sennrich et al. 2016, as the trainer of Hugging Face does).
 * A token's id is its place, and earlier ones are more frequent: the first n of it are the vocabulary of size n.
 */
export const learnVocabulary = (words: ReadonlyMap<string, number>, size: number): string[] => {
  const alphabet = alphabetOf(words);
  const known = new Set(alphabet);
  const continuing = alphabet.filter(continuesWords).map((character) => CONTINUATION + character);
  const vocabulary: string[] = [...SPECIAL_TOKENS, ...alphabet, ...continuing];
  if (vocabulary.length > size)
    throw new RangeError(`A vocabulary of ${size} tokens has no room for ${vocabulary.length} characters.`);
  const learned = new Set(vocabulary);
  const cutWords = [...words]
    .filter(([word, count]) => count >= RARE && word.length > 1 && word.length <= LONGEST_WORD)
    .filter(([word]) => Array.from(word).every((character) => known.has(character)))
    .map(([word, count]) => cut(word, count));
  const pairs = new PairCounts(cutWords);
  while (vocabulary.length < size) {
    const pair = pairs.takeMostFrequent();
    if (pair === undefined) break;
    const [left, right] = pair;
    const merged = left + right.slice(CONTINUATION.length);
    if (!learned.has(merged)) vocabulary.push(merged);
    learned.add(merged);
    pairs.merge(left, right, merged);
  }
  return vocabulary;
};
