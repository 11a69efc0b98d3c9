import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { tokenizerOf, type Tokenizer } from '../src/index.ts';
import { builtIn } from './support/model.ts';

const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[', ']', 'cls', 'un', '##aff', '##able', 'run', 'cafe'];
tokens.push('##s', '!', '$', '東', '京', '=', 'σας', 'σασ', 'i', '##i', "'", '한');
const file = (normalizer: object = {}) => ({
  normalizer: { type: 'BertNormalizer', lowercase: true, strip_accents: null, ...normalizer },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  truncation: { max_length: 4 },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
  },
});
const small = tokenizerOf(file(), 'wordpiece');
const pieces = (text: string, maxTokens = 512) =>
  small
    .encode(text, maxTokens)
    .map((id) => tokens[id])
    .slice(1, -1);

describe('the tokenizer of BERT', () => {
  it.each<[string, string, string[]]>([
    ['takes the longest pieces first', 'unaffable', ['un', '##aff', '##able']],
    ['lowers case', 'RUNS Run', ['run', '##s', 'run']],
    ['knows a word with an unmatched rest as unknown as a whole', 'runx', ['[UNK]']],
    ['strips accents, composed or not', 'Café cafe\u0301', ['cafe', 'cafe']],
    ['sets punctuation and ASCII symbols apart', 'run!$run', ['run', '!', '$', 'run']],
    ['sets ideographs apart', 'run東京run', ['run', '東', '京', 'run']],
    ['reads a literal special token as text', '[CLS]', ['[', 'cls', ']']],
    ['drops control and format characters inside words', 'r\u0000u\u200bn\ufeff', ['run']],
    ['drops the replacement character and lone surrogates', 'r\ufffdu\ud800n', ['run']],
    ['splits at every kind of space', 'run\t\n\r\u00a0\u2003run\u3000run', ['run', 'run', 'run']],
    ['splits where decomposition brings forth punctuation', 'run≠run', ['run', '=', 'run']],
    ['has no final sigma', 'ΣΑΣ', ['σασ']],
    ['lowers a dotted capital I without its dot', 'İ', ['i']],
    ['knows an emoji as unknown', '🙂 run', ['[UNK]', 'run']],
    ['makes nothing of a lone accent', '\u0301 run', ['run']],
    ['makes nothing of an empty text', '', []],
    ['makes nothing of spaces', ' \n\t ', []],
  ])('%s', (_fact, text, expected) => {
    expect(pieces(text)).toEqual(expected);
  });

  it('surrounds the text with the start and end tokens', () => {
    expect(small.encode('run', 512).map((id) => tokens[id])).toEqual(['[CLS]', 'run', '[SEP]']);
  });

  it('keeps case and accents when the file says so', () => {
    const cased = tokenizerOf(file({ lowercase: false, strip_accents: false }), 'wordpiece');
    expect(cased.encode('run', 9)).toHaveLength(3);
    expect(tokens[cased.encode('Run', 9)[1]!]).toBe('[UNK]');
    expect(tokens[cased.encode('café', 9)[1]!]).toBe('[UNK]');
  });

  it('cuts to the tokens asked for, not to those named in the file', () => {
    expect(small.encode('run '.repeat(50), 512)).toHaveLength(52);
    expect(small.encode('unaffable '.repeat(50), 7)).toHaveLength(7);
    expect(pieces('unaffable '.repeat(50), 7)).toEqual(['un', '##aff', '##able', 'un', '##aff']);
  });

  it.each([
    ['one endless word', 'a'.repeat(5_000_000)],
    ['endless ideographs', '東'.repeat(5_000_000)],
    ['endless accents', 'e' + '\u0301'.repeat(5_000_000)],
    ['endless control characters', '\u0001'.repeat(5_000_000)],
  ])('stays within bounds on %s', (_name, text) => {
    expect(small.encode(text, 512).length).toBeLessThanOrEqual(512);
  });

  it('knows a word of 101 letters as unknown, however it is written', () => {
    expect(pieces('run' + 's'.repeat(97))).toHaveLength(98);
    expect(pieces('run' + 's'.repeat(98))).toEqual(['[UNK]']);
  });

  it.each<[string, unknown]>([
    ['a byte-level tokenizer', { ...file(), pre_tokenizer: { type: 'ByteLevel' } }],
    ['a unigram model', { ...file(), model: { type: 'Unigram', vocab: [] } }],
    ['a vocabulary without [CLS]', { ...file(), model: { ...file().model, vocab: { '[UNK]': 0 } } }],
    ['no object', 7],
  ])('refuses %s', (_name, json) => {
    expect(() => tokenizerOf(json, 'wordpiece')).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
  });
});

describe('the tokenizer of the built-in model', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = tokenizerOf(JSON.parse(await readFile(join(builtIn, 'tokenizer.json'), 'utf8')));
  });

  it('finds common words whole', () => {
    expect(tokenizer.encode('hello world', 512)).toEqual([2, 10594, 1883, 3]);
  });

  it('gives valid ids for any text, and the same for text around it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 3, max: 40 }),
        (text, max) => {
          const ids = tokenizer.encode(text, max);
          expect(ids.length).toBeLessThanOrEqual(max);
          expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 20_480)).toBe(true);
          const whole = tokenizer.encode(text, 10_000).slice(1, -1);
          expect(tokenizer.encode(`a ${text} b`, 10_000).slice(2, -2)).toEqual(whole);
        },
      ),
    );
  });
});
