import { describe, expect, it } from '@jest/globals';
import { tinyByteLevel, tinyUnigram, tinyWordPiece } from '@alluvium/testkit';
import fc from 'fast-check';
import { tokenizerKind, tokenizerOf, wordPieceTokenizer } from '../src/index.ts';

const FILES = { WordPiece: tinyWordPiece(), 'byte-level BPE': tinyByteLevel(), Unigram: tinyUnigram() };
const KINDS = Object.entries(FILES);

const tokensOf = (file: { model: { vocab: Record<string, number> | [string, number][] } }): string[] => {
  const { vocab } = file.model;
  if (Array.isArray(vocab)) return vocab.map(([token]) => token);
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) tokens[id] = token;
  return tokens;
};
const read = (file: object, text: string) =>
  tokenizerOf(file)
    .encode(text, 64)
    .map((id) => tokensOf(file as never)[id]);

describe('tokenizerOf', () => {
  it('runs uncased BERT itself and leaves the rest to the library', () => {
    expect(KINDS.map(([, file]) => tokenizerKind(file))).toEqual(['wordpiece', 'hf-json', 'hf-json']);
  });

  it.each<[string, object]>([
    [
      'does not set ideographs apart',
      { normalizer: { ...FILES.WordPiece.normalizer, handle_chinese_chars: false } },
    ],
    ['has tokens of its own besides', { added_tokens: [{ id: 5, content: '[USER]', special: false }] }],
    ['puts nothing around a text', { post_processor: null }],
  ])('leaves a BERT to the library that %s', (_fact, change) => {
    expect(tokenizerKind({ ...FILES.WordPiece, ...change })).toBe('hf-json');
  });

  it('merges bytes as BPE does', () => {
    expect(read(FILES['byte-level BPE'], 'river x river')).toEqual([
      '<s>',
      'river',
      'Ġ',
      'x',
      'Ġriver',
      '</s>',
    ]);
  });

  it('knows every byte under BPE', () => {
    expect(read(FILES['byte-level BPE'], '東')).toEqual(['<s>', 'æ', 'Ŀ', '±', '</s>']);
  });

  it('chooses the likeliest pieces as Unigram does, and folds case and width first', () => {
    expect(read(FILES.Unigram, 'The RIVER ｍud ab')).toEqual([
      '<s>',
      '▁the',
      '▁river',
      '▁mud',
      '▁',
      'a',
      'b',
      '</s>',
    ]);
  });

  it.each(KINDS)('ignores truncation and padding that the file of a %s names', (_name, file) => {
    const cut = { ...file, truncation: { max_length: 4 }, padding: { strategy: { Fixed: 50 } } };
    const text = 'mud '.repeat(20);
    expect(tokenizerOf(cut).encode(text, 64)).toEqual(tokenizerOf(file).encode(text, 64));
    expect(tokenizerOf(cut).encode('mud', 64)).toEqual(tokenizerOf(file).encode('mud', 64));
  });

  it.each(KINDS)('keeps the end token when it cuts, with a %s', (_name, file) => {
    const tokenizer = tokenizerOf(file);
    const long = tokenizer.encode('the river '.repeat(500), 7);
    expect(long).toHaveLength(7);
    expect([long[0], long[6]]).toEqual([tokenizer.encode('a', 9)[0], tokenizer.encode('a', 9).at(-1)]);
  });

  it.each(KINDS)('counts the tokens of a whole text without those around it, with a %s', (_name, file) => {
    const tokenizer = tokenizerOf(file);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const whole = tokenizer.encode(text, Number.MAX_SAFE_INTEGER);
        expect(tokenizer.count(text)).toBe(whole.length - 2);
        expect(wordPieceTokenizer(file).encode(text, Number.MAX_SAFE_INTEGER)).toEqual(whole);
      }),
    );
  });

  it.each(KINDS)('cuts a huge text to what the whole of it begins with, with a %s', (_name, file) => {
    const tokenizer = tokenizerOf(file);
    const words = Array.from({ length: 4000 }, (_, i) => `river${i} mud${i * 7919}`).join(' ');
    const whole = tokenizer.encode(words, Number.MAX_SAFE_INTEGER);
    expect(tokenizer.encode(words, 60).slice(0, -1)).toEqual(whole.slice(0, 59));
    const endless = 'ab'.repeat(20_000);
    expect(tokenizer.encode(endless, 60).length).toBeLessThanOrEqual(60);
  });

  it.each([
    ['no object', 7],
    ['an empty object', {}],
    ['an unknown model', { model: { type: 'Morse' } }],
  ])('refuses %s', (_name, json) => {
    expect(() => tokenizerOf(json)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });
});
