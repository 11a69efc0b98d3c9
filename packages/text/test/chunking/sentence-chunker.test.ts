import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkText, type ChunkOptions } from '../../src/index.ts';

const chunks = (text: string, options?: ChunkOptions) =>
  chunkText(text, options).map(({ start, end }) => text.slice(start, end));

const word = fc.oneof(
  fc.constantFrom('a', 'delta', 'river.', 'Mr.', 'Silt.', '東京。', '🙂🙂🙂', '\n\n', '  ', 'x'.repeat(70)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const anyText = fc.array(word, { maxLength: 60 }).map((words) => words.join(' '));
const anyOptions = fc
  .record({ maxChars: fc.integer({ min: 2, max: 120 }), overlapChars: fc.integer({ min: 0, max: 40 }) })
  .map(({ maxChars, overlapChars }) => ({ maxChars, overlapChars: Math.min(overlapChars, maxChars >> 1) }));

describe('chunkText', () => {
  it('keeps a short text whole, without the white space around it', () => {
    expect(chunkText('  One. Two. \n')).toEqual([{ start: 2, end: 11 }]);
  });

  it('makes nothing of white space', () => {
    expect(chunkText('')).toEqual([]);
    expect(chunkText(' \n\t ')).toEqual([]);
  });

  it('packs whole sentences', () => {
    expect(chunks('Aaaa bbb. Cccc ddd. Eeee fff.', { maxChars: 20, overlapChars: 0 })).toEqual([
      'Aaaa bbb. Cccc ddd.',
      'Eeee fff.',
    ]);
  });

  it('repeats the last whole sentence when it fits the overlap', () => {
    expect(chunks('Aaaa bbb. Cccc ddd. Eeee fff.', { maxChars: 20, overlapChars: 10 })).toEqual([
      'Aaaa bbb. Cccc ddd.',
      'Cccc ddd. Eeee fff.',
    ]);
  });

  it('repeats the last whole words when the sentence does not fit', () => {
    expect(chunks('Aaaa bbbb cccc dddd. Eeee ffff.', { maxChars: 22, overlapChars: 8 })).toEqual([
      'Aaaa bbbb cccc dddd.',
      'dddd. Eeee ffff.',
    ]);
  });

  it('cuts a long sentence between words, with overlap', () => {
    expect(chunks('one two three four five six seven', { maxChars: 16, overlapChars: 6 })).toEqual([
      'one two',
      'two three four',
      'four five six',
      'six seven',
    ]);
  });

  it('cuts a word that is too long, never inside a character', () => {
    expect(chunks('🙂'.repeat(5), { maxChars: 5, overlapChars: 0 })).toEqual(['🙂🙂', '🙂🙂', '🙂']);
  });

  it.each([
    [1, 0],
    [10, 6],
    [10, -1],
    [10.5, 0],
    [Number.NaN, 0],
  ])('refuses %s characters with an overlap of %s', (maxChars, overlapChars) => {
    expect(() => chunkText('text', { maxChars, overlapChars })).toThrow(
      expect.objectContaining({ code: 'CHUNKER_OPTIONS_INVALID', kind: 'invalid' }),
    );
  });

  it('covers every character but white space, in order, within the limits', () => {
    fc.assert(
      fc.property(anyText, anyOptions, (text, options) => {
        const spans = chunkText(text, options);
        let [covered, lastStart] = [0, -1];
        for (const { start, end } of spans) {
          const chunk = text.slice(start, end);
          expect(chunk).toBe(chunk.trim());
          expect(chunk.length).toBeGreaterThan(0);
          expect(chunk.length).toBeLessThanOrEqual(options.maxChars);
          expect(start).toBeGreaterThan(lastStart);
          expect(end).toBeGreaterThan(covered);
          expect(covered - start).toBeLessThanOrEqual(options.overlapChars);
          expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('');
          [covered, lastStart] = [end, start];
        }
        expect(text.slice(covered).trim()).toBe('');
        expect(chunkText(text, options)).toEqual(spans);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves well-formed text well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), anyOptions, (text, options) => {
        for (const chunk of chunks(text, options)) expect(chunk.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });

  it('cuts a megabyte without spaces', () => {
    expect(chunkText('x'.repeat(1_000_000)).at(-1)?.end).toBe(1_000_000);
  });
});
