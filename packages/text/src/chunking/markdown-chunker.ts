import type { TextSpan } from '../sentences.ts';
import type { Chunker, ChunkHints, ChunkSpan } from './chunker.ts';
import { above, pathContext } from './heading-path.ts';
import { markdownParts, type MarkdownPart } from './markdown-parts.ts';
import { pack, type Unit } from './pack.ts';
import { requireSizes } from './require-sizes.ts';
import { characterRuler, type Ruler } from './ruler.ts';
import { trimSpan } from './spans.ts';
import { pieces, sentenceUnits } from './units.ts';

/** Sizes in UTF-16 units. */
export interface MarkdownChunkOptions {
  /** No chunk is longer. At least 40. Default 1200. */
  maxChars?: number;
}

/** A chunk of at least this share of the largest one ends before a heading. */
const FULL_SHARE = 1 / 3;

interface Cut {
  text: string;
  ruler: Ruler;
  max: number;
}

const lineSpans = (text: string, { start, end }: TextSpan): TextSpan[] => {
  const spans: TextSpan[] = [];
  let from = start;
  for (let at = text.indexOf('\n', from); at !== -1 && at < end; at = text.indexOf('\n', from)) {
    spans.push({ start: from, end: at });
    from = at + 1;
  }
  return [...spans, { start: from, end }];
};

const breakSpans = ({ breaks, end }: MarkdownPart): TextSpan[] =>
  breaks.map((start, index) => ({ start, end: breaks[index + 1] ?? end }));

/** The part as it is when it fits a chunk; else its items, rows, lines or sentences; those that do not fit, in pieces. */
const unitsOf = ({ text, ruler, max }: Cut, part: MarkdownPart, headingStart: number): TextSpan[] => {
  // What would leave its heading behind alone is torn.
  if (part.end - headingStart <= max) return [part];
  const isProse = part.kind === 'paragraph' || part.kind === 'heading';
  if (isProse) return sentenceUnits(text, part, ruler, { max, piece: max });
  const spans = part.kind === 'code' ? lineSpans(text, part) : breakSpans(part);
  return spans.flatMap((span) => {
    const unit = trimSpan(text, span);
    if (unit.end === unit.start) return [];
    if (unit.end - unit.start <= max) return [unit];
    if (part.kind === 'list') return sentenceUnits(text, unit, ruler, { max, piece: max });
    return pieces(text, unit, ruler, max);
  });
};

/** A heading goes with what it heads, when both fit one chunk: alone at a chunk's end it would head nothing. */
const withHeadings = (units: readonly Unit[], isHeading: ReadonlySet<number>, max: number): Unit[] => {
  const joined: Unit[] = [];
  for (const unit of units) {
    const before = joined.at(-1);
    const follows = before?.opens === true && isHeading.has(before.end) && unit.end - before.start <= max;
    if (follows) before.end = unit.end;
    else joined.push({ ...unit });
  }
  return joined;
};

/** Gives each chunk the headings above its start that it does not hold itself. */
const withContext = (
  spans: readonly TextSpan[],
  parts: readonly MarkdownPart[],
  title: string | undefined,
): ChunkSpan[] => {
  let path: NonNullable<MarkdownPart['heading']>[] = [];
  let next = 0;
  return spans.map(({ start, end }) => {
    let part = parts[next];
    for (; part !== undefined && part.start < start; part = parts[++next]) {
      if (part.heading !== undefined) path = [...above(path, part.heading.level), part.heading];
    }
    const starting = part?.start === start ? part.heading : undefined;
    const context = pathContext(starting === undefined ? path : above(path, starting.level), title);
    return { start, end, ...(context === undefined ? {} : { context }) };
  });
};

const chunkMarkdown = (text: string, { title, headings }: ChunkHints, max: number): ChunkSpan[] => {
  const ruler = characterRuler(text);
  const parts = markdownParts(text, headings);
  let headingStart: number | undefined;
  const units = parts.flatMap((part): Unit[] => {
    const isHeading = part.kind === 'heading';
    const own = unitsOf({ text, ruler, max }, part, headingStart ?? part.start);
    headingStart = isHeading ? (headingStart ?? part.start) : undefined;
    return own.map((unit, index) => ({ ...unit, opens: isHeading && index === 0 }));
  });
  const headingEnds = new Set(parts.flatMap((part) => (part.kind === 'heading' ? [part.end] : [])));
  const joined = withHeadings(units, headingEnds, max);
  return withContext(pack(text, joined, ruler, { max, overlap: 0, full: max * FULL_SHARE }), parts, title);
};

/**
 * The strategy `markdown`: paragraphs, lists, tables and code whole, as many as fit, rather of one section than of two.
 * What does not fit is cut between items, rows, lines or sentences. The headings above a chunk are its context. Works
 * on Markdown, and with hints on text that was Markdown. Error: CHUNKER_OPTIONS_INVALID.
 */
export const markdownChunker = ({ maxChars = 1200 }: MarkdownChunkOptions = {}): Chunker => {
  requireSizes({ maxChars }, { least: 40 });
  return {
    name: 'markdown',
    version: 1,
    parameters: { maxChars },
    chunk: (text, hints = {}) => chunkMarkdown(text, hints, maxChars),
  };
};
