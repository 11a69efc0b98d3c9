import { CharacterClass, classOf } from './characters.ts';

/** The switches of BertNormalizer that matter here. */
export interface NormalizerOptions {
  lowercase: boolean;
  stripAccents: boolean;
}

/**
 * A word as written may be this long, in UTF-16 units, before the rest of it is skipped: a word of more than
 * 100 letters is unknown anyway, and letters with stacked accents still fit.
 */
const MAX_RAW_WORD = 1000;

const NON_SPACING = /\p{Mn}/gu;

/** Splits where normalization has brought forth punctuation, as in "≠", which decomposes to "=" and an overlay. */
const splitPunctuation = (text: string): string[] => {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (classOf(character.codePointAt(0) ?? 0) === CharacterClass.punctuation) {
      if (word !== '') words.push(word);
      words.push(character);
      word = '';
    } else word += character;
  }
  if (word !== '') words.push(word);
  return words;
};

const hasOnlyAscii = (text: string) => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};

/** The function that turns a word as written into the words that the vocabulary knows, mostly one. */
export const wordNormalizer =
  ({ lowercase, stripAccents }: NormalizerOptions) =>
  (raw: string): string[] => {
    if (hasOnlyAscii(raw)) return [lowercase ? raw.toLowerCase() : raw];
    let text = stripAccents ? raw.normalize('NFD').replace(NON_SPACING, '') : raw;
    // Letter by letter: the reference does not know the final sigma that whole-word lowering makes.
    if (lowercase) text = Array.from(text, (character) => character.toLowerCase()).join('');
    return splitPunctuation(text);
  };

const isAsciiLetter = (code: number) => code < 128 && classOf(code) === CharacterClass.word;

/** End of the character at `start`, or of the run of ASCII letters and digits that begins there. */
const endOfRun = (text: string, start: number, code: number): number => {
  if (!isAsciiLetter(code)) return start + (code > 0xffff ? 2 : 1);
  let end = start + 1;
  while (end < text.length && isAsciiLetter(text.charCodeAt(end))) end++;
  return end;
};

const append = (word: string, text: string, start: number, end: number): string =>
  word.length < MAX_RAW_WORD ? word + text.slice(start, Math.min(end, start + MAX_RAW_WORD)) : word;

/**
 * Cuts text into words the way BertNormalizer and BertPreTokenizer do, from left to right, and hands each to
 * `visit` as written. Stops when `visit` returns false, so that a huge text costs no more than its part that
 * is used.
 */
export const splitWords = (text: string, visit: (word: string) => boolean): void => {
  let word = '';
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const kind = classOf(code);
    const start = at;
    at = endOfRun(text, start, code);
    if (kind === CharacterClass.dropped) continue;
    if (kind === CharacterClass.word) {
      word = append(word, text, start, at);
      continue;
    }
    if (word !== '' && !visit(word)) return;
    word = '';
    if (kind !== CharacterClass.space && !visit(text.slice(start, at))) return;
  }
  if (word !== '') visit(word);
};

/**
 * The words of a text as an uncased BERT sees them before it looks for pieces: lower case, without accents, every
 * punctuation mark a word of its own.
 */
export const uncasedWords = (text: string): string[] => {
  const normalize = wordNormalizer({ lowercase: true, stripAccents: true });
  const words: string[] = [];
  splitWords(text, (word) => {
    words.push(...normalize(word));
    return true;
  });
  return words;
};
