type Break = '' | ' ' | '\n' | '\n\n';

const STRENGTH: Record<Break, number> = { '': 0, ' ': 1, '\n': 2, '\n\n': 3 };

const withoutLeadingLines = (text: string): string => {
  const first = text.search(/\S/);
  return first === -1 ? '' : text.slice(text.lastIndexOf('\n', first) + 1);
};

/** Collects text; keeps at most one break between two pieces, the strongest of those asked for. */
export class TextBuilder {
  #parts: string[] = [];
  #pending: Break = '';
  #length = 0;

  /** Length of what toString would return, a pending break not counted. */
  get length(): number {
    return this.#length;
  }

  /** Appends running text, white space collapsed. */
  words(text: string): void {
    const words = text.replace(/\s+/g, ' ');
    const inner = words.trim();
    if (words.startsWith(' ')) this.#want(' ');
    if (inner !== '') this.#append(inner);
    if (inner !== '' && words.endsWith(' ')) this.#want(' ');
  }

  /** Appends text as it is, line breaks and indentation included. */
  verbatim(text: string): void {
    const isFirst = this.#pending === '\n\n' || this.#length === 0;
    const shown = isFirst ? withoutLeadingLines(text) : text;
    if (shown !== '') this.#append(shown);
  }

  /** What follows starts a new line. */
  line(): void {
    this.#want('\n');
  }

  /** What follows stands apart by a blank line. */
  paragraph(): void {
    this.#want('\n\n');
  }

  toString(): string {
    return this.#parts.join('').trimEnd();
  }

  #want(wanted: Break): void {
    if (STRENGTH[wanted] > STRENGTH[this.#pending]) this.#pending = wanted;
  }

  #append(text: string): void {
    if (this.#length > 0) this.#push(this.#pending);
    this.#pending = '';
    this.#push(text);
  }

  #push(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }
}
