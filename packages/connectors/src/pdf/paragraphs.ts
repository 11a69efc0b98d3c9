import type { Line } from './page-lines.ts';

/** A gap that is so much larger than the usual one begins a paragraph. */
const WIDE_GAP = 1.4;
/** So does one of so many letters' height, whatever is usual: lines are set double at most. */
const WIDEST_GAP = 2.5;
/** Letters that are so much larger or smaller do. */
const OTHER_SIZE = 1.15;
/** A line that is shorter than the usual one by more ends before the margin: it was broken on purpose. */
const FULL_WIDTH = 0.75;

const BULLET = /^(?:[•▪◦‣∙·–—*-]|\(?(?:\d{1,3}|[a-z])[.)])\s/;
const HYPHENATED = /\p{L}[-\u00ad\u2010]$/u;
const ENDED = /[.!?:;…。！？"”'’)\]]$/;
const BEGINS_SMALL = /^\p{Ll}/u;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

const gapsOf = (lines: readonly Line[]): number[] =>
  lines.slice(1).map((line, index) => (lines[index]?.y ?? 0) - line.y);

interface Measure {
  gap: number;
  width: number;
}

const measureOf = (lines: readonly Line[]): Measure => ({
  gap: median(gapsOf(lines).filter((gap) => gap > 0)),
  width: median(lines.map(({ width }) => width)),
});

const isOtherSize = (line: Line, next: Line): boolean =>
  Math.max(line.size, next.size) > OTHER_SIZE * Math.min(line.size, next.size);

const continues = (text: string, next: string): boolean =>
  (HYPHENATED.test(text) || !ENDED.test(text)) && BEGINS_SMALL.test(next);

/** `text` and what follows it in the same sentence; a word that was divided is one again. */
const joined = (text: string, next: string): string =>
  HYPHENATED.test(text) && BEGINS_SMALL.test(next) ? text.slice(0, -1) + next : `${text} ${next}`;

type Break = 'none' | 'line' | 'paragraph';

const breakBetween = (line: Line, next: Line, { gap, width }: Measure): Break => {
  if (isOtherSize(line, next)) return 'paragraph';
  const distance = line.y - next.y;
  // The next column: what stands at its top goes on with the sentence, or is something new.
  if (distance < 0) return continues(line.text, next.text) ? 'none' : 'paragraph';
  if (distance > Math.min(WIDE_GAP * gap, WIDEST_GAP * line.size)) return 'paragraph';
  if (BULLET.test(next.text)) return 'line';
  return line.width < FULL_WIDTH * width ? 'line' : 'none';
};

const paragraphsOf = (lines: readonly Line[]): string[] => {
  const measure = measureOf(lines);
  const paragraphs: string[] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    const kind = before === undefined ? 'paragraph' : breakBetween(before, line, measure);
    const open = paragraphs.at(-1) ?? '';
    if (kind === 'paragraph') paragraphs.push(line.text);
    else
      paragraphs[paragraphs.length - 1] = kind === 'line' ? `${open}\n${line.text}` : joined(open, line.text);
  }
  return paragraphs;
};

/** The text of pages: lines joined to paragraphs with an empty line between them; a sentence goes on across pages. */
export const textOf = (pages: readonly (readonly Line[])[]): string => {
  const all: string[] = [];
  for (const paragraphs of pages.map(paragraphsOf)) {
    const [first, ...others] = paragraphs;
    const last = all.at(-1);
    if (first === undefined) continue;
    if (last !== undefined && continues(last, first)) all[all.length - 1] = joined(last, first);
    else all.push(first);
    all.push(...others);
  }
  return all.join('\n\n');
};
