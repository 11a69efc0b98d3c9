import { describe, expect, it } from '@jest/globals';
import { chunkerIdOf, chunkText, DEFAULT_CHUNKER, makeChunker } from '../../src/index.ts';

const idOf = (strategy: string, parameters?: Record<string, number>) =>
  chunkerIdOf(makeChunker({ strategy, version: 1, ...(parameters === undefined ? {} : { parameters }) }));

describe('makeChunker', () => {
  it('has every strategy with its defaults', () => {
    expect(['sentence', 'markdown', 'code', 'none'].map((strategy) => idOf(strategy))).toEqual([
      'sentence-1/280/40',
      'markdown-1/1200',
      'code-1/1200',
      'none-1',
    ]);
  });

  it('gives other parameters another id', () => {
    expect(idOf('sentence', { maxChars: 500 })).toBe('sentence-1/500/40');
  });

  it('cuts as chunkText does by default', () => {
    const text = 'Silt settles. '.repeat(99);
    expect(makeChunker(DEFAULT_CHUNKER).chunk(text)).toEqual(chunkText(text));
    expect(chunkerIdOf(makeChunker(DEFAULT_CHUNKER))).toBe('sentence-1/280/40');
  });

  it.each([
    ['a strategy', { strategy: 'paragraph', version: 1 }, 'CHUNKER_UNKNOWN'],
    ['a version', { strategy: 'sentence', version: 9 }, 'CHUNKER_UNKNOWN'],
    [
      'a parameter',
      { strategy: 'sentence', version: 1, parameters: { maxTokens: 9 } },
      'CHUNKER_OPTIONS_INVALID',
    ],
    [
      'a text as a size',
      { strategy: 'code', version: 1, parameters: { maxChars: '9' } },
      'CHUNKER_OPTIONS_INVALID',
    ],
    [
      'a size that is too small',
      { strategy: 'markdown', version: 1, parameters: { maxChars: 9 } },
      'CHUNKER_OPTIONS_INVALID',
    ],
    ['tokens without a tokenizer', { strategy: 'token', version: 1 }, 'CHUNKER_OPTIONS_INVALID'],
  ])('refuses %s that it does not know', (_, config, code) => {
    expect(() => makeChunker(config)).toThrow(expect.objectContaining({ code, kind: 'invalid' }));
  });
});
