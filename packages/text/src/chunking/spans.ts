import type { TextSpan } from '../sentences.ts';

/** Whether the unit at `at` is white space; beyond the text nothing is. */
export const isSpaceAt = (text: string, at: number): boolean => /\s/.test(text.charAt(at));

/** The span without outer white space; empty when there is nothing else. */
export const trimSpan = (text: string, { start, end }: TextSpan): TextSpan => {
  let [first, last] = [start, end];
  while (first < last && isSpaceAt(text, first)) first++;
  while (last > first && isSpaceAt(text, last - 1)) last--;
  return { start: first, end: last };
};

/** A letter with more marks than this is torn: nobody reads it, and it must not cost. */
const MAX_MARKS = 16;
// Accents, variation selectors, joiners and what they join: all belong to the character before.
const JOINED = /^[\p{M}\p{Emoji_Modifier}\u200d]/u;

const isInsidePair = (text: string, at: number) =>
  /^[\udc00-\udfff]$/.test(text.charAt(at)) && /^[\ud800-\udbff]$/.test(text.charAt(at - 1));

const isInsideCharacter = (text: string, at: number): boolean =>
  isInsidePair(text, at) ||
  text.charAt(at - 1) === '\u200d' ||
  JOINED.test(String.fromCodePoint(text.codePointAt(at) ?? 0));

/**
 * The last place at or before `at` that is between two characters as readers see them, accents and emoji sequences
 * included; always after `start`. Where there is none, a place that at least keeps a surrogate pair whole.
 */
export const cutBefore = (text: string, start: number, at: number): number => {
  let cut = at;
  while (cut > start && at - cut <= 2 * MAX_MARKS && isInsideCharacter(text, cut)) cut--;
  if (cut > start && !isInsideCharacter(text, cut)) return cut;
  return isInsidePair(text, at) && at - 1 > start ? at - 1 : at;
};
