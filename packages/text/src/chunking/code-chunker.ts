import type { Chunker, ChunkSpan } from './chunker.ts';
import { codeLines, type CodeLine } from './code-lines.ts';
import { contextOf } from './heading-path.ts';
import { requireSizes } from './require-sizes.ts';
import { characterRuler } from './ruler.ts';
import { trimSpan } from './spans.ts';
import { pieces } from './units.ts';

/** Sizes in UTF-16 units. */
export interface CodeChunkOptions {
  /** No chunk is longer. At least 40. Default 1200. */
  maxChars?: number;
}

/** A chunk looks for its end in its second half: there it takes the best place, not the last. */
const LEAST_SHARE = 1 / 2;
const MAX_ENCLOSING = 3;
/** A longer line names nothing. */
const MAX_NAME_LINE = 200;
const CLOSING_PENALTY = 1000;

/** How bad it is to cut before this line: within a block is worse the deeper it is. */
const badness = (line: CodeLine | undefined): number =>
  line === undefined
    ? Infinity
    : 2 * line.indent + (line.afterBlank ? 0 : 1) + (line.closes ? CLOSING_PENALTY : 0);

/** Index of the line before which the chunk that starts with the line at `from` ends. */
const chunkEnd = (lines: readonly CodeLine[], from: number, max: number): number => {
  const sizeTo = (last: number): number => (lines[last]?.end ?? Infinity) - (lines[from]?.start ?? 0);
  let fits = from + 1;
  while (sizeTo(fits) <= max) fits++;
  if (fits >= lines.length) return lines.length;
  let best = fits;
  for (let at = fits - 1; at > from && sizeTo(at - 1) >= max * LEAST_SHARE; at--) {
    if (badness(lines[at]) < badness(lines[best])) best = at;
  }
  return best;
};

/** The lines that enclose a line, such as the class and the function that it is in. */
const enclosing = (text: string, lines: readonly CodeLine[], line: CodeLine): string | undefined => {
  const names: string[] = [];
  let outer = lines[line.parent ?? -1];
  for (; outer !== undefined && names.length < MAX_ENCLOSING; outer = lines[outer.parent ?? -1]) {
    if (outer.end - outer.start > MAX_NAME_LINE) break;
    const name = text.slice(outer.start, outer.end).trim();
    if (/\p{L}/u.test(name)) names.unshift(name);
  }
  return contextOf(names);
};

const chunkCode = (text: string, max: number): ChunkSpan[] => {
  const lines = codeLines(text);
  const chunks: ChunkSpan[] = [];
  let to = 0;
  for (let first = lines[to]; first !== undefined; first = lines[to]) {
    to = chunkEnd(lines, to, max);
    const context = enclosing(text, lines, first);
    const span = { start: first.start, end: lines[to - 1]?.end ?? first.end };
    const isTorn = span.end - span.start > max;
    const spans = isTorn ? pieces(text, trimSpan(text, span), characterRuler(text), max) : [span];
    for (const part of spans) chunks.push({ ...part, ...(context === undefined ? {} : { context }) });
  }
  return chunks;
};

/**
 * The strategy `code`: whole lines, cut where the indentation is least and a blank line stands, in any language. A chunk
 * starts with the indentation of its first line; the lines that enclose it are its context. Only a line that is too long
 * is torn. Error: CHUNKER_OPTIONS_INVALID.
 */
export const codeChunker = ({ maxChars = 1200 }: CodeChunkOptions = {}): Chunker => {
  requireSizes({ maxChars }, { least: 40 });
  return {
    name: 'code',
    version: 1,
    parameters: { maxChars },
    chunk: (text) => chunkCode(text, maxChars),
  };
};
