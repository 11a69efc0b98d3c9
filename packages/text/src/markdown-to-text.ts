import type { PlainDocument } from './html-to-text.ts';
import { markdownBlocks, type MarkdownBlock } from './markdown-blocks.ts';
import { inlineText } from './markdown-inline.ts';
import { withoutHiddenBlocks } from './markdown-hidden.ts';
import { TextBuilder } from './text-builder.ts';

/** A heading and where its line starts in the text. */
export interface Heading {
  /** 1 to 6. */
  level: number;
  text: string;
  /** Offset in UTF-16 units: `text.startsWith(heading.text, heading.start)`. */
  start: number;
}

/** A Markdown document as plain text. */
export interface MarkdownDocument extends PlainDocument {
  headings: Heading[];
}

const FRONT_MATTER_MARKS = new Set(['---', '+++']);

/** Splits off front matter (YAML or TOML); of its fields only the title is read. */
const splitFrontMatter = (markdown: string): { title: string; body: string } => {
  const mark = markdown.slice(0, 3);
  const none = { title: '', body: markdown };
  if (!FRONT_MATTER_MARKS.has(mark) || !/^[ \t]*\n/.test(markdown.slice(3, 64))) return none;
  const end = markdown.indexOf(`\n${mark}`, 3);
  if (end === -1) return none;
  const title = /^title[ \t]*[:=][ \t]*(\S[^\n]*)$/m.exec(markdown.slice(3, end))?.[1]?.trim() ?? '';
  const endOfLine = markdown.indexOf('\n', end + 1);
  return {
    title: /^(["']).*\1$/.test(title) ? title.slice(1, -1) : title,
    body: endOfLine === -1 ? '' : markdown.slice(endOfLine + 1),
  };
};

const rowText = (line: string): string => {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner
    .split('|')
    .map((cell) => inlineText(cell).trim())
    .filter((cell) => cell !== '')
    .join(' | ');
};

const writeBlock = (out: TextBuilder, block: MarkdownBlock, after: MarkdownBlock | undefined): void => {
  const isNext = after?.kind === block.kind && (block.kind === 'item' || block.kind === 'row');
  if (isNext) out.line();
  else out.paragraph();
  if (block.kind === 'code') out.verbatim(block.lines.join('\n').trimEnd());
  else if (block.kind === 'row') out.words(block.lines.map(rowText).join(' '));
  else out.words(inlineText(block.lines.join('\n')));
};

/**
 * The readable text of Markdown (CommonMark with tables, task lists and front matter): headings and list items
 * as lines, code as it is; no images, badges, link targets, HTML tags, comments. The title is the front
 * matter's, else the first heading. Takes any input in linear time.
 */
export const markdownToText = (markdown: string): MarkdownDocument => {
  const { title: given, body } = splitFrontMatter(markdown.replace(/\r\n?/g, '\n'));
  const out = new TextBuilder();
  const headings: Heading[] = [];
  let before: MarkdownBlock | undefined;
  for (const block of markdownBlocks(withoutHiddenBlocks(body))) {
    const end = out.length;
    writeBlock(out, block, before);
    before = block;
    if (block.kind !== 'heading' || out.length === end) continue;
    const text = inlineText(block.lines.join(' ')).replace(/\s+/g, ' ').trim();
    headings.push({ level: block.level ?? 1, text, start: out.length - text.length });
  }
  const title = given === '' ? (headings[0]?.text ?? '') : given;
  return { ...(title === '' ? {} : { title }), text: out.toString(), headings };
};
