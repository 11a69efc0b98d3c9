/** Letters of scripts that any text may hold: as tokens of their own they keep foreign words from being unknown. */
const SCRIPTS = [
  [0x3b1, 0x3c9],
  [0x430, 0x44f],
  [0x5d0, 0x5ea],
  [0x621, 0x64a],
  [0x905, 0x939],
  [0xe01, 0xe2e],
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x1100, 0x1112],
  [0x1161, 0x1175],
  [0x11a8, 0x11c2],
] as const;

/** A character of the texts that occurs as often is a token, whatever it is. */
const FREQUENT = 40;

const LETTER = /^\p{L}$/u;
const PUNCTUATION = /^[!-/:-@[-`{-~]$|^\p{P}$/u;
const UPPER_CASE = /^[A-Z]$/;

const charactersBetween = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, offset) => String.fromCodePoint(first + offset));

const countCharacters = (words: ReadonlyMap<string, number>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  return counts;
};

/** Characters that are tokens, sorted: printable ASCII, letters of common scripts, and what is frequent in the words. */
export const alphabetOf = (words: ReadonlyMap<string, number>): string[] => {
  const ascii = charactersBetween(0x21, 0x7e).filter((character) => !UPPER_CASE.test(character));
  const letters = SCRIPTS.flatMap(([first, last]) => charactersBetween(first, last)).filter((character) =>
    LETTER.test(character),
  );
  const frequent = [...countCharacters(words)]
    .filter(([, count]) => count >= FREQUENT)
    .map(([character]) => character);
  return [...new Set([...ascii, ...letters, ...frequent])].sort();
};

/** Whether a character may go on a word; punctuation is always a word of its own. */
export const continuesWords = (character: string): boolean => !PUNCTUATION.test(character);
