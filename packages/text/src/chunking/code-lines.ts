import type { TextSpan } from '../sentences.ts';

/** A line with something on it; `end` is after its last character that is not white space. */
export interface CodeLine extends TextSpan {
  /** Columns of white space before it; a tab is four. */
  indent: number;
  /** A blank line, or nothing, stands before it. */
  afterBlank: boolean;
  /** Only closes what came before: brackets, `end`, `else`. */
  closes: boolean;
  /** Index of the line that encloses it: the last one before it with less indentation. */
  parent: number | undefined;
}

const TAB_COLUMNS = 4;
const CLOSING = /^(?:[\])}]|end\b|else\b|elif\b|except\b|catch\b|finally\b|fi\b|done\b|esac\b)/;
const LINE = /[^\n]+/g;

const columns = (blank: string): number => {
  let count = 0;
  for (const character of blank) count += character === '\t' ? TAB_COLUMNS : 1;
  return count;
};

/** The lines of a source file in any language, told apart by indentation and blank lines alone. */
export const codeLines = (text: string): CodeLine[] => {
  const lines: CodeLine[] = [];
  const enclosing: number[] = [];
  let after = 0;
  for (const { index: start, 0: raw } of text.matchAll(LINE)) {
    const content = raw.trimStart();
    if (content === '') continue;
    const indent = columns(raw.slice(0, raw.length - content.length));
    while ((lines[enclosing.at(-1) ?? -1]?.indent ?? -1) >= indent) enclosing.pop();
    lines.push({
      start,
      end: start + raw.trimEnd().length,
      indent,
      afterBlank: lines.length === 0 || start - after > 1,
      closes: CLOSING.test(content),
      parent: enclosing.at(-1),
    });
    enclosing.push(lines.length - 1);
    after = start + raw.length;
  }
  return lines;
};
