import type { Ruler } from './ruler.ts';
import { cutBefore } from './spans.ts';

/** Counts the tokens of a text as a model's tokenizer makes them, those that frame a text not included. */
export interface TokenCounter {
  /** Of the tokenizer; part of a chunker's identity. */
  name: string;
  /** What two words apart by white space count must be what they count together. */
  count(text: string): number;
}

// BERT's tokenizers take each of these for a word of its own.
const IDEOGRAPH =
  '\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{2a6df}\\u{2a700}-\\u{2ceaf}\\u{2f800}-\\u{2fa1f}';
const WORD = new RegExp(`[${IDEOGRAPH}]|[^\\s${IDEOGRAPH}]+`, 'gu');
/** A longer word is counted, and may be cut, in halves: to a tokenizer it is a single unknown token. */
const MAX_WORD = 128;
/** No token counts for more units: what a tokenizer does not know must not make a chunk endless. */
const MAX_UNITS_PER_TOKEN = 16;

interface Atoms {
  /** Where each part starts that is never torn; the first at 0. */
  starts: number[];
  /** Tokens before each part, and at the end those of the whole text. */
  before: number[];
}

const readAtoms = (text: string, counter: TokenCounter, limit: number): Atoms => {
  const atoms: Atoms = { starts: [0], before: [0] };
  let tokens = 0;
  const add = (start: number, end: number): void => {
    const word = text.slice(start, end);
    const count = Math.max(
      word.length > MAX_WORD ? Infinity : counter.count(word),
      Math.ceil(word.length / MAX_UNITS_PER_TOKEN),
    );
    const middle = cutBefore(text, start, start + (word.length >> 1));
    if (count > limit && middle > start && middle < end) {
      add(start, middle);
      add(middle, end);
      return;
    }
    if (start > 0) {
      atoms.starts.push(start);
      atoms.before.push(tokens);
    }
    tokens += Math.min(count, limit);
  };
  for (const { index, 0: word } of text.matchAll(WORD)) add(index, index + word.length);
  atoms.before.push(tokens);
  return atoms;
};

/** Index of the first value above `bound`. */
const firstAbove = (values: readonly number[], bound: number): number => {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Infinity) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * Measures in tokens. Each word is counted once, so that measuring costs no more than tokenizing the text. A part that
 * starts or ends inside a word has the tokens of the whole word. No word has more than `limit` tokens: longer ones are
 * several.
 */
export const tokenRuler = (text: string, counter: TokenCounter, limit: number): Ruler => {
  const { starts, before } = readAtoms(text, counter, limit);
  const atomAt = (at: number): number => Math.max(0, firstAbove(starts, at) - 1);
  const tokensFrom = (start: number): number => before[atomAt(start)] ?? 0;
  const tokensUpTo = (end: number): number => before[firstAbove(starts, end - 1)] ?? 0;
  return {
    size: (start, end) => (end <= start ? 0 : tokensUpTo(end) - tokensFrom(start)),
    latestEnd: (start, size) => {
      const after = firstAbove(before, tokensFrom(start) + size) - 1;
      return Math.max(starts[after] ?? text.length, starts[atomAt(start) + 1] ?? text.length);
    },
    earliestStart: (end, size) => starts[firstAbove(before, tokensUpTo(end) - size - 1)] ?? end,
  };
};
