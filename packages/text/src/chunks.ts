import { PipelineError } from '@alluvium/contracts';
import { splitSentences, type TextSpan } from './sentences.ts';

/** Sizes in UTF-16 units, as JavaScript counts. */
export interface ChunkOptions {
  /** No chunk is longer. At least 2. Default 280. */
  maxChars?: number;
  /** How much of a chunk's end the next one may repeat; at most half of maxChars. Default 40. */
  overlapChars?: number;
}

const isSpaceAt = (text: string, at: number) => /\s/.test(text.charAt(at));

const isLowSurrogate = (code: number) => code >= 0xdc00 && code <= 0xdfff;
const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff;
const splitsCharacter = (text: string, at: number) =>
  isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1));

/** The span without outer white space; empty when there is nothing else. */
const trim = (text: string, { start, end }: TextSpan): TextSpan => {
  let [first, last] = [start, end];
  while (first < last && isSpaceAt(text, first)) first++;
  while (last > first && isSpaceAt(text, last - 1)) last--;
  return { start: first, end: last };
};

/** Cuts a trimmed span into pieces of at most `limit` units: between words, or inside one that is longer. */
const pieces = (text: string, span: TextSpan, limit: number): TextSpan[] => {
  const result: TextSpan[] = [];
  let { start } = span;
  while (span.end - start > limit) {
    let end = start + limit;
    // The character after the piece may be the space: a word that just fits is kept whole.
    while (end > start && !isSpaceAt(text, end)) end--;
    if (end === start) {
      end = start + limit;
      if (splitsCharacter(text, end)) end--;
    }
    result.push(trim(text, { start, end }));
    start = end;
    while (isSpaceAt(text, start)) start++;
  }
  if (start < span.end) result.push({ start, end: span.end });
  return result;
};

const unitsOf = (text: string, maxChars: number, overlapChars: number): TextSpan[] =>
  splitSentences(text).flatMap((sentence) => {
    const unit = trim(text, sentence);
    if (unit.end === unit.start) return [];
    // Pieces leave room for the overlap; only a cut character's two halves need more than that.
    const limit = Math.max(2, maxChars - overlapChars);
    return unit.end - unit.start <= maxChars ? [unit] : pieces(text, unit, limit);
  });

const firstWordStart = (text: string, from: number, end: number): number => {
  let at = from;
  while (at < end && !(isSpaceAt(text, at - 1) && !isSpaceAt(text, at))) at++;
  return at;
};

/** Where the chunk of `next` starts, so that it repeats what it may of the units before it. */
const overlapStart = (text: string, units: readonly TextSpan[], index: number, earliest: number): number => {
  const limit = units[index]?.start ?? text.length;
  let start = limit;
  for (let i = index - 1; i >= 0; i--) {
    const unitStart = units[i]?.start ?? 0;
    if (unitStart < earliest) break;
    start = unitStart;
  }
  return start < limit ? start : firstWordStart(text, Math.min(earliest, limit), limit);
};

const checkOptions = (maxChars: number, overlapChars: number): void => {
  const valid =
    Number.isInteger(maxChars) && Number.isInteger(overlapChars) && maxChars >= 2 && overlapChars >= 0;
  if (valid && overlapChars * 2 <= maxChars) return;
  throw new PipelineError(
    `a chunk of ${maxChars} characters with an overlap of ${overlapChars} is not possible: ` +
      'at least 2, and an overlap of at most half of it',
    { code: 'CHUNKER_OPTIONS_INVALID', kind: 'invalid', details: { maxChars, overlapChars } },
  );
};

/**
 * Cuts text into chunks of whole sentences, as many as fit. A chunk repeats the whole sentences, or else the
 * whole words, at the end of the one before it that fit `overlapChars`; a sentence that is too long is cut
 * between words, a word that is too long inside. `text.slice(start, end)` is the chunk, without white space
 * around it; starts and ends strictly increase; everything but white space is in some chunk. The same text and
 * options give the same chunks. Linear time.
 * @throws PipelineError CHUNKER_OPTIONS_INVALID.
 */
export const chunkText = (
  text: string,
  { maxChars = 280, overlapChars = 40 }: ChunkOptions = {},
): TextSpan[] => {
  checkOptions(maxChars, overlapChars);
  const chunks: TextSpan[] = [];
  const units = unitsOf(text, maxChars, overlapChars);
  for (const [index, unit] of units.entries()) {
    const chunk = chunks.at(-1);
    if (chunk !== undefined && unit.end - chunk.start <= maxChars) {
      chunk.end = unit.end;
      continue;
    }
    const earliest =
      chunk === undefined
        ? unit.start
        : Math.max(chunk.end - overlapChars, unit.end - maxChars, chunk.start + 1);
    chunks.push({ start: overlapStart(text, units, index, earliest), end: unit.end });
  }
  return chunks;
};
