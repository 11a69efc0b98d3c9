import { termOf, WORD } from './analyzer.ts';

const NO_TERM = -1;
const WORDS_KEPT = 500_000;

/** Numbers terms from 0 on in the order in which they are met; a word that was met before costs one look-up. */
export class TermNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #words = new Map<string, number>();

  /** The number of a term. */
  numberOf(term: string): number {
    const known = this.#numbers.get(term);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(term, number);
    return number;
  }

  /** Numbers of the terms of a text, as `analyze` gives them. */
  numbersOf(text: string): Uint32Array {
    const words = text.match(WORD) ?? [];
    const numbers = new Uint32Array(words.length);
    let count = 0;
    for (const word of words) {
      const number = this.#words.get(word) ?? this.#meet(word);
      if (number === NO_TERM) continue;
      numbers[count] = number;
      count += 1;
    }
    return numbers.subarray(0, count);
  }

  #meet(word: string): number {
    const term = termOf(word);
    const number = term === '' ? NO_TERM : this.numberOf(term);
    if (this.#words.size >= WORDS_KEPT) this.#words.clear();
    // A copy: a slice would keep the whole text in memory.
    this.#words.set(Buffer.from(word, 'utf16le').toString('utf16le'), number);
    return number;
  }

  /** All terms, by number. */
  terms(): string[] {
    return [...this.#numbers.keys()];
  }
}
