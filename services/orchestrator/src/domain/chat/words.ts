const STOP_WORDS = new Set(
  (
    'a about all also am an and any are as at be been but by can could did do does for from had has have he her ' +
    'his how i if in into is it its just me more most my no not of on one or our out please say she should so some ' +
    'tell than that the their them then there these they this those to up us was we were what when where which ' +
    'who whom why will with would you your'
  ).split(' '),
);

/** The words of a text in lower case, in order. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The words that say what a text is about. */
export const contentWords = (text: string): string[] =>
  wordsOf(text).filter((word) => word.length > 1 && !STOP_WORDS.has(word));

/** A word without the commonest endings of English, so that "deltas" and "delta" are one. */
export const stemOf = (word: string): string =>
  word.length > 4 ? word.replace(/(?:ies|ing|ed|es|s)$/, '') : word.replace(/s$/, '');
