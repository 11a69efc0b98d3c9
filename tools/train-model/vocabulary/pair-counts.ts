import { PairHeap } from './pair-heap.ts';

/** A word as the tokens it is cut into so far, and how often the texts hold it. */
export interface CutWord {
  count: number;
  tokens: string[];
}

const SEPARATOR = '\u0001';

/** How often two tokens stand side by side over all words, kept up to date while tokens are merged. */
export class PairCounts {
  readonly #words: readonly CutWord[];
  readonly #counts = new Map<string, number>();
  readonly #wordsWith = new Map<string, Set<number>>();
  readonly #heap = new PairHeap();

  constructor(words: readonly CutWord[]) {
    this.#words = words;
    for (const [index, word] of words.entries()) this.#add(index, word);
    for (const [key, count] of this.#counts) this.#heap.push({ key, count });
  }

  #keysOf(tokens: readonly string[]): string[] {
    return tokens.slice(1).map((token, at) => `${tokens[at] ?? ''}${SEPARATOR}${token}`);
  }

  #add(index: number, { tokens, count }: CutWord): string[] {
    const keys = this.#keysOf(tokens);
    for (const key of keys) {
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
      const words = this.#wordsWith.get(key) ?? new Set();
      this.#wordsWith.set(key, words.add(index));
    }
    return keys;
  }

  #remove({ tokens, count }: CutWord): string[] {
    const keys = this.#keysOf(tokens);
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) - count);
    return keys;
  }

  /** Takes out the most frequent pair; undefined when no two tokens stand side by side any more. */
  takeMostFrequent(): [left: string, right: string] | undefined {
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      // Counts have moved on since many of the entries were made.
      if (entry.count <= 0 || this.#counts.get(entry.key) !== entry.count) continue;
      const [left = '', right = ''] = entry.key.split(SEPARATOR);
      return [left, right];
    }
    return undefined;
  }

  /** Makes one token of two in every word. */
  merge(left: string, right: string, merged: string): void {
    const key = `${left}${SEPARATOR}${right}`;
    const changed = new Set<string>();
    for (const index of this.#wordsWith.get(key) ?? []) {
      const word = this.#words[index];
      if (word === undefined || !this.#keysOf(word.tokens).includes(key)) continue;
      for (const gone of this.#remove(word)) changed.add(gone);
      word.tokens = mergeIn(word.tokens, [left, right], merged);
      for (const come of this.#add(index, word)) changed.add(come);
    }
    this.#counts.delete(key);
    this.#wordsWith.delete(key);
    for (const other of changed) {
      const count = this.#counts.get(other) ?? 0;
      if (count > 0) this.#heap.push({ key: other, count });
    }
  }
}

const mergeIn = (tokens: readonly string[], [left, right]: [string, string], merged: string): string[] => {
  const result: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const isPair = tokens[at] === left && tokens[at + 1] === right;
    result.push(isPair ? merged : (tokens[at] ?? ''));
    if (isPair) at += 1;
  }
  return result;
};
