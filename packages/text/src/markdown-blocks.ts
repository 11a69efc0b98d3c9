/** A block of a Markdown document; `lines` are as written, without the marks that make the block. */
export interface MarkdownBlock {
  kind: 'paragraph' | 'item' | 'heading' | 'code' | 'row';
  lines: string[];
  /** Index of the line that it starts with, the marks that make it included. */
  line: number;
  /** 1 to 6, of a heading. */
  level?: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const ATX = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const UNDERLINE = /^ {0,3}(?:=+|-{2,})[ \t]*$/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const ITEM = /^[ \t]*(?:([-*+])|(\d{1,9}[.)]))[ \t]+(?:\[[ xX]\][ \t]+)?/;
const QUOTE = /^ {0,3}(?:> ?){1,32}/;
const REFERENCE = /^ {0,3}\[[^\]\n]{1,999}\]:[ \t]*\S/;
const DELIMITER_ROW = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const INDENTED = /^(?: {4}|\t)/;

/** Reads lines into blocks; a line decides by itself and by the one block that is open before it. */
class BlockReader {
  readonly blocks: MarkdownBlock[] = [];
  #open: MarkdownBlock | undefined;
  #fence: string | undefined;
  #afterBlank = true;
  #inList = false;
  #line = -1;

  read(line: string): void {
    this.#line++;
    if (this.#fence !== undefined) this.#inFence(line, this.#fence);
    else if (line.trim() === '') this.#blank();
    else if (!this.#code(line)) this.#text(line.replace(QUOTE, ''));
    this.#afterBlank = line.trim() === '';
  }

  #blank(): void {
    if (this.#open?.kind === 'code') this.#open.lines.push('');
    else this.#open = undefined;
  }

  #inFence(line: string, fence: string): void {
    const close = FENCE.exec(line)?.[1];
    if (close?.startsWith(fence) === true && line.trim() === close) {
      this.#fence = undefined;
      this.#open = undefined;
    } else this.#open?.lines.push(line);
  }

  #code(line: string): boolean {
    const isOpen = this.#isIn('code');
    const fence = FENCE.exec(line.replace(QUOTE, ''))?.[1];
    if (fence !== undefined) {
      this.#fence = fence;
      this.#start({ kind: 'code', lines: [] });
      return true;
    }
    if (INDENTED.test(line) && !this.#inList && (this.#afterBlank || isOpen)) {
      this.#continue('code', line);
      return true;
    }
    if (isOpen) this.#open = undefined;
    return false;
  }

  #text(line: string): void {
    if (this.#afterBlank && !INDENTED.test(line) && !ITEM.test(line)) this.#inList = false;
    if (this.#heading(line) || this.#dropped(line) || this.#item(line) || this.#row(line)) return;
    if (this.#isIn('item')) this.#continue('item', line.trim());
    else this.#continue('paragraph', line.trim());
  }

  #row(line: string): boolean {
    if (!line.includes('|') || !(line.trim().startsWith('|') || this.#open?.kind === 'row')) return false;
    this.#start({ kind: 'row', lines: [line] });
    return true;
  }

  #heading(line: string): boolean {
    const marks = ATX.exec(line);
    if (marks !== null) {
      const text = withoutClosingMarks(line.slice(marks[0].length).trim());
      this.#start({ kind: 'heading', level: marks[1]?.length ?? 1, lines: [text] });
      this.#open = undefined;
      return true;
    }
    if (this.#open?.kind !== 'paragraph' || !UNDERLINE.test(line)) return false;
    this.#open.kind = 'heading';
    this.#open.level = line.trim().startsWith('=') ? 1 : 2;
    this.#open = undefined;
    return true;
  }

  #dropped(line: string): boolean {
    const isTableRule = line.includes('|') && line.includes('-') && DELIMITER_ROW.test(line.trim());
    if (isTableRule && this.#open?.kind === 'paragraph') this.#open.kind = 'row';
    return isTableRule || RULE.test(line) || (this.#open === undefined && REFERENCE.test(line));
  }

  #item(line: string): boolean {
    const marks = ITEM.exec(line);
    if (marks === null) return false;
    const [whole, , ordinal] = marks;
    this.#inList = true;
    this.#start({ kind: 'item', lines: [`${ordinal ?? '-'} ${line.slice(whole.length).trim()}`] });
    return true;
  }

  #isIn(kind: MarkdownBlock['kind']): boolean {
    return this.#open?.kind === kind;
  }

  #continue(kind: MarkdownBlock['kind'], line: string): void {
    if (this.#open?.kind === kind) this.#open.lines.push(line);
    else this.#start({ kind, lines: [line] });
  }

  #start(given: Omit<MarkdownBlock, 'line'>): void {
    const block = { ...given, line: this.#line };
    this.blocks.push(block);
    this.#open = block;
  }
}

/** "Title ##" is "Title", but "C#" keeps its mark. */
const withoutClosingMarks = (text: string): string => {
  let end = text.length;
  while (text.charAt(end - 1) === '#') end--;
  return end === 0 || /[ \t]/.test(text.charAt(end - 1)) ? text.slice(0, end).trimEnd() : text;
};

/** The blocks of Markdown: headings, paragraphs, list items, table rows, code; link definitions are dropped. */
export const markdownBlocks = (markdown: string): MarkdownBlock[] => {
  const reader = new BlockReader();
  for (const line of markdown.split('\n')) reader.read(line);
  return reader.blocks;
};
