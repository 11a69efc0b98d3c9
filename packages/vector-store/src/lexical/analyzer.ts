import { porterStem } from './porter-stemmer.ts';

/** Changes whenever equal text may give other terms; stored in the manifest, so that readers can tell. */
export const ANALYZER = 'english-porter.v1';

// Lucene's English stop words.
const STOP_WORDS = new Set(
  (
    'a an and are as at be but by for if in into is it no not of on or such that the their then there these they ' +
    'this to was will with'
  ).split(' '),
);

// Longer runs are encoded data, not words.
const LONGEST_WORD = 64;
const CACHE_WORDS = 100_000;
const cache = new Map<string, string>();

const termOf = (word: string): string => {
  const known = cache.get(word);
  if (known !== undefined) return known;
  const term = STOP_WORDS.has(word) ? '' : /^[a-z]+$/.test(word) ? porterStem(word) : word;
  if (cache.size >= CACHE_WORDS) cache.clear();
  cache.set(word, term);
  return term;
};

/** The terms of a text in order, repeated as often as they occur: words of any script, lower case, English stems. */
export const analyze = (text: string): string[] => {
  const terms: string[] = [];
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []) {
    const term = termOf(word.slice(0, LONGEST_WORD));
    if (term !== '') terms.push(term);
  }
  return terms;
};
