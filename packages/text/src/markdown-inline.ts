import { decodeHTMLStrict } from 'entities/decode';

const SPECIAL = /[\\`[\]!<*_~]/g;
const TAG = /<\/?[A-Za-z][^<>]{0,2000}>/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:|ftp:\/\/)[^<>\s]{1,2000})>/y;
// The target of "](target "title")": no white space, parentheses nested once, as in Wikipedia's links.
const TARGET =
  /\(\s{0,9}(?:<[^<>\n]{0,2000}>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*){0,8})(?:\s{1,9}(?:"[^"]{0,500}"|'[^']{0,500}'))?\s{0,9}\)/y;
const LABEL = /\[[^[\]]{0,500}\]/y;
const ESCAPABLE = /[!-/:-@[-`{-~]/;

interface Bracket {
  /** Index of the part that holds the bracket. */
  part: number;
  isImage: boolean;
}

/** Backtick runs by their length, so that the end of a code span is found without searching again and again. */
const backtickRuns = (text: string): Map<number, number[]> => {
  const runs = new Map<number, number[]>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const same = runs.get(run.length);
    if (same === undefined) runs.set(run.length, [index]);
    else same.push(index);
  }
  for (const same of runs.values()) same.reverse();
  return runs;
};

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

/** Writes the readable part of one block's inline Markdown. */
class InlineReader {
  readonly #text: string;
  readonly #runs: Map<number, number[]>;
  readonly #parts: string[] = [];
  readonly #brackets: Bracket[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#runs = backtickRuns(text);
  }

  read(): string {
    let at = 0;
    while (at < this.#text.length) {
      SPECIAL.lastIndex = at;
      const next = SPECIAL.exec(this.#text)?.index ?? this.#text.length;
      if (next > at) this.#parts.push(decodeHTMLStrict(this.#text.slice(at, next)));
      at = next < this.#text.length ? this.#special(next) : next;
    }
    return this.#parts.join('');
  }

  /** Handles the mark at `at`; returns where to go on. */
  #special(at: number): number {
    switch (this.#text.charAt(at)) {
      case '\\':
        return this.#escape(at);
      case '`':
        return this.#code(at);
      case '<':
        return this.#angle(at);
      case '!':
      case '[':
        return this.#open(at);
      case ']':
        return this.#close(at);
      default:
        return this.#emphasis(at);
    }
  }

  #literal(at: number, length = 1): number {
    this.#parts.push(this.#text.slice(at, at + length));
    return at + length;
  }

  #escape(at: number): number {
    return ESCAPABLE.test(this.#text.charAt(at + 1)) ? this.#literal(at + 1) : this.#literal(at);
  }

  #code(at: number): number {
    let length = 1;
    while (this.#text.charAt(at + length) === '`') length++;
    const runs = this.#runs.get(length) ?? [];
    while (runs.length > 0 && (runs.at(-1) ?? 0) <= at) runs.pop();
    const end = runs.at(-1);
    if (end === undefined) return this.#literal(at, length);
    this.#parts.push(this.#text.slice(at + length, end).trim());
    return end + length;
  }

  #angle(at: number): number {
    const link = match(AUTOLINK, this.#text, at);
    if (link !== null) {
      this.#parts.push(link[1] ?? '');
      return at + link[0].length;
    }
    const tag = match(TAG, this.#text, at);
    if (tag === null) return this.#literal(at);
    if (/^<(?:br|\/?p|\/?div|\/?li|\/?tr)\b/i.test(tag[0])) this.#parts.push(' ');
    return at + tag[0].length;
  }

  #open(at: number): number {
    const isImage = this.#text.charAt(at) === '!';
    if (isImage && this.#text.charAt(at + 1) !== '[') return this.#literal(at);
    if (!isImage && this.#text.charAt(at + 1) === '^') {
      const footnote = match(LABEL, this.#text, at);
      if (footnote !== null) return at + footnote[0].length;
    }
    this.#brackets.push({ part: this.#parts.length, isImage });
    return this.#literal(at, isImage ? 2 : 1);
  }

  #close(at: number): number {
    const bracket = this.#brackets.pop();
    const target = match(TARGET, this.#text, at + 1) ?? match(LABEL, this.#text, at + 1);
    if (bracket === undefined || (target === null && !bracket.isImage)) return this.#literal(at);
    // An image leaves nothing, its alternative text included: mostly badges and decoration.
    if (bracket.isImage) this.#parts.length = bracket.part;
    else this.#parts[bracket.part] = '';
    return at + 1 + (target?.[0].length ?? 0);
  }

  #emphasis(at: number): number {
    const mark = this.#text.charAt(at);
    let end = at + 1;
    while (this.#text.charAt(end) === mark) end++;
    const around = [this.#text.charAt(at - 1), this.#text.charAt(end)];
    const isAlone = around.every((character) => character.trim() === '');
    const isInsideWord = mark === '_' && around.every((character) => /[\p{L}\p{N}]/u.test(character));
    const isSingleTilde = mark === '~' && end - at < 2;
    return isAlone || isInsideWord || isSingleTilde ? this.#literal(at, end - at) : end;
  }
}

/**
 * The readable text of inline Markdown: link texts without targets, code as it is, no images, emphasis marks,
 * footnote marks or HTML tags; character references decoded. Linear time: every look-ahead is bounded.
 */
export const inlineText = (markdown: string): string => new InlineReader(markdown).read();
