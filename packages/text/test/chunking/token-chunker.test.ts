import { describe, expect, it } from '@jest/globals';
import { chunkerIdOf, makeChunker } from '../../src/index.ts';

const words = { name: 'words', count: (text: string) => text.split(/\s+/).filter(Boolean).length };
const chunks = (text: string, parameters: Record<string, number>, counter = words) => {
  const chunker = makeChunker({ strategy: 'token', version: 1, parameters }, { tokenCounter: () => counter });
  return chunker.chunk(text).map(({ start, end }) => text.slice(start, end));
};
const sentence = (word: string, count: number) => `${Array.from({ length: count }, () => word).join(' ')}.`;

describe('the strategy token', () => {
  it('packs whole sentences up to the number of tokens', () => {
    const [a, b, c] = [sentence('Aa', 10), sentence('Bb', 6), sentence('Cc', 4)];
    expect(chunks([a, b, c].join(' '), { maxTokens: 16, overlapTokens: 0 })).toEqual([`${a} ${b}`, c]);
  });

  it('repeats whole sentences that fit the overlap, else whole words', () => {
    const [a, b, c] = [sentence('Aa', 10), sentence('Bb', 6), sentence('Cc', 8)];
    const text = [a, b, c].join(' ');
    expect(chunks(text, { maxTokens: 16, overlapTokens: 6 })).toEqual([`${a} ${b}`, `${b} ${c}`]);
    expect(chunks(text, { maxTokens: 16, overlapTokens: 2 })).toEqual([`${a} ${b}`, `Bb Bb. ${c}`]);
  });

  it('asks for each word once', () => {
    const asked: string[] = [];
    const counter = { name: 'asking', count: (text: string) => asked.push(text) && 1 };
    chunks('one two three. four five', { maxTokens: 16, overlapTokens: 8 }, counter);
    expect(asked).toEqual(['one', 'two', 'three.', 'four', 'five']);
  });

  it('cuts a word with more tokens than fit', () => {
    const letters = { name: 'letters', count: (text: string) => text.length };
    const found = chunks('x'.repeat(100), { maxTokens: 16, overlapTokens: 0 }, letters);
    expect(found.join('')).toBe('x'.repeat(100));
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(16);
  });

  it('bounds what the tokenizer calls a single token', () => {
    const found = chunks('x'.repeat(10_000), { maxTokens: 16, overlapTokens: 0 });
    expect(Math.max(...found.map(({ length }) => length))).toBeLessThanOrEqual(16 * 16);
  });

  it('has the tokenizer in its id, since with another one chunks are others', () => {
    const chunker = makeChunker({ strategy: 'token', version: 1 }, { tokenCounter: () => words });
    expect(chunkerIdOf(chunker)).toBe('token-1/384/64/words');
  });
});
