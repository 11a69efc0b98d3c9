import { ALWAYS_INSIDE, ENDS_BEFORE_STARTER, STARTERS, TITLES } from './abbreviations.ts';
import { isListMarker, markerAfter } from './list-markers.ts';

/** A half-open range of UTF-16 offsets: `text.slice(start, end)`. */
export interface TextSpan {
  start: number;
  end: number;
}

// Terminators, the quotes and brackets that close with them, reference marks like [7]; or the bracket of a list
// marker. Each part is bounded or made of characters that cannot start the next, so that matching takes linear
// time.
const ENDING = /[.!?…。！？．]+[\])}"'»”’]{0,8}(?:\[\d{1,4}\]){0,8}|[\n)]/g;
const IDEOGRAPHIC = /[。！？．]/;
const SHORT_LINE = 40;
const MAX_WORD = 64;

const isSpace = (character: string) => /\s/.test(character);

/** Start of the word that ends at `end`, or of the last {@link MAX_WORD} units of it. */
const wordStart = (text: string, end: number): number => {
  let start = end;
  while (start > 0 && end - start < MAX_WORD && !isSpace(text.charAt(start - 1))) start--;
  return start;
};

/** The word that ends at `end`, without what opens before it. */
const wordBefore = (text: string, end: number): string =>
  text.slice(wordStart(text, end), end).replace(/^[("'“‘[]{1,8}/, '');

const wordAfter = (text: string, start: number): string => {
  let end = start;
  while (end < text.length && end - start < MAX_WORD && !isSpace(text.charAt(end))) end++;
  return text.slice(start, end);
};

const skipSpace = (text: string, at: number): number => {
  let next = at;
  while (next < text.length && isSpace(text.charAt(next))) next++;
  return next;
};

const isLower = (character: string) =>
  character !== character.toUpperCase() && character === character.toLowerCase();

/** "no. 5" goes on, "no. Then" does not: what these abbreviate is followed by a number or a name. */
const isAbbreviation = (word: string, next: string): boolean => {
  const key = word.toLowerCase();
  const isStarter = STARTERS.has(next.replace(/[,;:'’].*$/, ''));
  if (TITLES.has(key)) return true;
  if (ALWAYS_INSIDE.has(key)) return !isStarter || key === 'e.g' || key === 'i.e';
  if (key === 'a.m' || key === 'p.m') return TITLES.has(next.replace('.', '').toLowerCase());
  const isInitial = /^[A-Z]$/.test(word) || /^(?:[A-Za-z]\.){1,5}[A-Za-z]$/.test(word);
  return (isInitial || ENDS_BEFORE_STARTER.has(key)) && !isStarter;
};

/** Whether a full stop after `word`, before `next`, ends the sentence that began at `sentenceStart`. */
const stopEnds = (text: string, sentenceStart: number, stop: number, next: string): boolean => {
  const word = wordBefore(text, stop);
  if (isListMarker(`${word}.`) && sentenceStart + word.length >= stop) return false;
  return !isAbbreviation(word, next);
};

const newlineEnds = (text: string, newline: number, next: number): boolean => {
  if (text.slice(newline + 1, next).includes('\n')) return true;
  if (isListMarker(wordAfter(text, next))) return true;
  // A wrapped line is about as long as its neighbours; a short one before a capital is a heading or an item.
  const lineStart = text.lastIndexOf('\n', newline - 1) + 1;
  return (
    newline - lineStart < SHORT_LINE && !isLower(text.charAt(next)) && /[\p{L}\p{N}]/u.test(text.charAt(next))
  );
};

const isBoundary = (text: string, sentenceStart: number, match: RegExpExecArray): boolean => {
  const [ending] = match;
  const after = match.index + ending.length;
  const next = skipSpace(text, after);
  if (next === text.length) return false;
  if (ending === ')') return false;
  if (ending === '\n') return newlineEnds(text, match.index, next);
  if (IDEOGRAPHIC.test(ending)) return true;
  // "Voila! -- you have cake": a dash goes on like a small letter.
  if (/^[-–—]{1,3}\s*\p{Ll}/u.test(text.slice(next, next + 8))) return false;
  if (next === after || isLower(text.charAt(next)) || /[,;:.!?)\]}]/.test(text.charAt(next))) return false;
  return (
    !/^\.[\])}"'»”’]*$/.test(ending) || stopEnds(text, sentenceStart, match.index, wordAfter(text, next))
  );
};

/** Where the next sentence starts, if one does at this ending. */
const nextStart = (text: string, start: number, match: RegExpExecArray): number | undefined => {
  const after = match.index + match[0].length;
  const marker = wordStart(text, after);
  // "1) clay 2) silt" is a list inside a line.
  const isAwaited = marker > start && text.slice(marker, after) === markerAfter(wordAfter(text, start));
  if (isAwaited && isSpace(text.charAt(after))) return marker;
  return isBoundary(text, start, match) ? skipSpace(text, after) : undefined;
};

/**
 * Splits text into sentences, by rules for English that leave other languages readable: abbreviations,
 * initials, decimal points, list markers, quotes and reference marks do not end a sentence; blank lines, list
 * items and short lines do, and so does the next marker of a list inside a line. The spans cover the text without
 * a gap; white space belongs to the sentence before it. Linear time.
 */
export const splitSentences = (text: string): TextSpan[] => {
  const spans: TextSpan[] = [];
  const first = skipSpace(text, 0);
  const last = text.trimEnd().length;
  let start = 0;
  for (const match of text.matchAll(ENDING)) {
    if (match.index < Math.max(start, first)) continue;
    if (match.index >= last) break;
    const end = nextStart(text, Math.max(start, first), match);
    if (end === undefined) continue;
    spans.push({ start, end });
    start = end;
  }
  if (start < text.length) spans.push({ start, end: text.length });
  return spans;
};
