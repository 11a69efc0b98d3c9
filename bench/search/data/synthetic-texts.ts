import { Random, weightedChoice } from './random.ts';

const VOCABULARY = 20_000;
const WORDS = 12;
const QUERY_WORDS = 3;
/** Words that half the rows have say nothing; those beyond hardly occur. */
const QUERY_RANKS = { first: 50, last: 2000 };

const SYLLABLES = 'ba be bi bo da de di do ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro'.split(
  ' ',
);

const wordOf = (rank: number): string => {
  let word = '';
  for (let rest = rank + SYLLABLES.length; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    word += SYLLABLES[rest % SYLLABLES.length] ?? '';
  return word;
};

const words = Array.from({ length: VOCABULARY }, (_, rank) => wordOf(rank));
const choose = weightedChoice(words.map((_, rank) => 1 / (rank + 2)));

/** A sentence of 12 words for a row without text; words are as uneven as in a language. */
export const sentenceOf = (row: number): string => {
  const random = new Random(row * 2 + 1);
  return Array.from({ length: WORDS }, () => words[choose(random)] ?? '').join(' ');
};

/** Three words of middling frequency. */
export const queryTextOf = (query: number): string => {
  const random = new Random(query * 2);
  const span = QUERY_RANKS.last - QUERY_RANKS.first;
  return Array.from(
    { length: QUERY_WORDS },
    () => words[QUERY_RANKS.first + Math.floor(random.uniform() * span)] ?? '',
  ).join(' ');
};
