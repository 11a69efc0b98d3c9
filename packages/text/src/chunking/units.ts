import { splitSentences, type TextSpan } from '../sentences.ts';
import type { Ruler } from './ruler.ts';
import { isSpaceAt, trimSpan } from './spans.ts';

/** Where to cut between words: at the last white space up to `furthest`, else at `furthest`, inside a word. */
const wordEnd = (text: string, start: number, furthest: number): number => {
  let end = furthest;
  // The character after the piece may be the space: a word that just fits is kept whole.
  while (end > start && !isSpaceAt(text, end)) end--;
  return end === start ? furthest : end;
};

/** Cuts a trimmed span into pieces of at most `limit`: between words, or inside one that is longer. */
export const pieces = (text: string, span: TextSpan, ruler: Ruler, limit: number): TextSpan[] => {
  const result: TextSpan[] = [];
  let { start } = span;
  while (ruler.size(start, span.end) > limit) {
    const end = wordEnd(text, start, ruler.latestEnd(start, limit));
    result.push(trimSpan(text, { start, end }));
    start = end;
    while (isSpaceAt(text, start)) start++;
  }
  if (start < span.end) result.push({ start, end: span.end });
  return result;
};

/** How large things may be, as the ruler measures. */
export interface UnitLimits {
  /** Of a whole sentence. */
  max: number;
  /** Of a piece of a longer one: leaves room for what a chunk repeats. */
  piece: number;
}

/** The sentences of a part of a text, without white space around them; those above `max` in pieces. */
export const sentenceUnits = (text: string, part: TextSpan, ruler: Ruler, limits: UnitLimits): TextSpan[] =>
  splitSentences(text.slice(part.start, part.end)).flatMap(({ start, end }) => {
    const unit = trimSpan(text, { start: part.start + start, end: part.start + end });
    if (unit.end === unit.start) return [];
    return ruler.size(unit.start, unit.end) <= limits.max ? [unit] : pieces(text, unit, ruler, limits.piece);
  });
