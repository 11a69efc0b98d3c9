import { porterStem } from './porter-stemmer.ts';

/** Changes whenever equal text may give other terms; stored in the manifest, so that readers can tell. */
export const ANALYZER = 'english-porter.v2';

// Lucene's English stop words.
const STOP_WORDS = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then there these they ' +
    'this to was will with'
  ).split(' '),
);

/** What a word is; combining marks belong to their letter. */
export const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
// Longer runs are encoded data, not words.
const LONGEST_WORD = 64;
const CACHE_WORDS = 100_000;
const cache = new Map<string, string>();

const stemOf = (word: string): string => {
  const lower = word.toLowerCase();
  if (STOP_WORDS.has(lower)) return '';
  return /^[a-z]+$/.test(lower) ? porterStem(lower) : lower;
};

/** The term of a word as written; empty for a stop word. */
export const termOf = (written: string): string => {
  const word = written.length > LONGEST_WORD ? written.slice(0, LONGEST_WORD) : written;
  const known = cache.get(word);
  if (known !== undefined) return known;
  // A copy: a slice would keep the whole text in memory. It also replaces half a pair where a long word was cut.
  const copy = Buffer.from(word).toString();
  const term = stemOf(copy);
  if (cache.size >= CACHE_WORDS) cache.clear();
  cache.set(copy, term);
  return term;
};

/** The terms of a text in order, repeated as often as they occur: words of any script, lower case, English stems. */
export const analyze = (text: string): string[] => {
  const terms: string[] = [];
  for (const word of text.match(WORD) ?? []) {
    const term = termOf(word);
    if (term !== '') terms.push(term);
  }
  return terms;
};

/** A word of a text. */
export interface Word {
  /** UTF-16 offsets into the text; `end` is exclusive. */
  start: number;
  end: number;
  /** What `analyze` makes of it; empty when it leaves it out. */
  term: string;
}

/** The words of a text in order, with their places. */
export const wordsOf = (text: string): Word[] =>
  Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    term: termOf(word),
  }));
