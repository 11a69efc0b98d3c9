import { markdownBlocks, type MarkdownBlock } from '../markdown-blocks.ts';
import { inlineText } from '../markdown-inline.ts';
import type { Heading } from '../markdown-to-text.ts';
import type { TextSpan } from '../sentences.ts';
import { trimSpan } from './spans.ts';

/** A part of a Markdown text that a reader sees as one thing; parts cover the text but for white space. */
export interface MarkdownPart extends TextSpan {
  kind: 'heading' | 'paragraph' | 'list' | 'table' | 'code';
  /** Starts of its items, rows or lines. */
  breaks: number[];
  /** Of a heading. */
  heading?: Pick<Heading, 'level' | 'text'>;
}

const KINDS = {
  heading: 'heading',
  paragraph: 'paragraph',
  item: 'list',
  row: 'table',
  code: 'code',
} as const;

const FRONT_MATTER = /^(---|\+\+\+)[ \t]*\r?\n/;

/** Length of the front matter, which is neither a rule nor a heading. */
const frontMatterLength = (text: string): number => {
  const mark = FRONT_MATTER.exec(text)?.[1];
  const end = mark === undefined ? -1 : text.indexOf(`\n${mark}`, mark.length);
  if (end === -1) return 0;
  const endOfLine = text.indexOf('\n', end + 1);
  return endOfLine === -1 ? text.length : endOfLine + 1;
};

const lineStarts = (text: string, from: number): number[] => {
  const starts = [from];
  for (let at = text.indexOf('\n', from); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

const headingOf = (
  block: MarkdownBlock,
  given: ReadonlyMap<number, Heading> | undefined,
  start: number,
): MarkdownPart['heading'] => {
  if (given !== undefined) return given.get(start);
  if (block.kind !== 'heading') return undefined;
  const text = inlineText(block.lines.join(' ')).replace(/\s+/g, ' ').trim();
  return { level: block.level ?? 1, text };
};

const partOf = (block: MarkdownBlock, span: TextSpan, heading: MarkdownPart['heading']): MarkdownPart => {
  const kind = heading === undefined ? KINDS[block.kind] : 'heading';
  // A heading that is none, because the headings are known, is a line of running text.
  const shown = kind === 'heading' && heading === undefined ? 'paragraph' : kind;
  return { ...span, kind: shown, breaks: [span.start], ...(heading === undefined ? {} : { heading }) };
};

/** Lists its items and tables their rows as one part. */
const addPart = (parts: MarkdownPart[], part: MarkdownPart): void => {
  const before = parts.at(-1);
  const isGroup = part.kind === 'list' || part.kind === 'table';
  if (isGroup && before?.kind === part.kind) {
    before.end = part.end;
    before.breaks.push(part.start);
  } else parts.push(part);
};

/**
 * The parts of a Markdown text in order: items as lists, rows as tables. What is no block (fences, rules, link
 * definitions) belongs to the part before it. Headings are those given, else those that are marked.
 */
export const markdownParts = (text: string, headings: readonly Heading[] | undefined): MarkdownPart[] => {
  const bodyStart = headings === undefined ? frontMatterLength(text) : 0;
  const starts = lineStarts(text, bodyStart);
  const blocks = markdownBlocks(text.slice(bodyStart).replace(/\r\n/g, '\n'));
  const given = headings && new Map(headings.map((heading) => [heading.start, heading]));
  const startOf = (block: MarkdownBlock | undefined) => starts[block?.line ?? -1] ?? text.length;
  const parts: MarkdownPart[] = [];
  const first = trimSpan(text, { start: 0, end: startOf(blocks[0]) });
  if (first.end > first.start) parts.push({ ...first, kind: 'paragraph', breaks: [first.start] });
  for (const [index, block] of blocks.entries()) {
    const span = trimSpan(text, { start: startOf(block), end: startOf(blocks[index + 1]) });
    if (span.end > span.start) addPart(parts, partOf(block, span, headingOf(block, given, span.start)));
  }
  return parts;
};
