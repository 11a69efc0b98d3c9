import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analyze, wordsOf } from '../../src/lexical/analyzer.ts';
import { highlights } from '../../src/lexical/highlights.ts';

const words = (text: string, query: string) =>
  highlights(text, query).ranges.map(({ start, end }) => text.slice(start, end));

const PIECES = [
  'River',
  'rivers',
  'the',
  'İstanbul',
  'STRAẞE',
  'ΟΔΟΣ',
  'é',
  'e\u0301',
  '東京',
  '\u{10400}',
  'mill',
];
const GLUE = [' ', ', ', '. ', '\n', ' \u{1f980} ', '’', '-', '\u{1f980}', '\ud800'];
const text = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...GLUE)), { maxLength: 25 })
  .map((parts) => parts.flat().join(''));
const query = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((parts) => parts.join(' '));

describe('the words of a text', () => {
  it('are the terms that the search knows, each where it is written', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (written) => {
        const found = wordsOf(written);
        expect(found.map(({ term }) => term).filter(Boolean)).toEqual(analyze(written));
        for (const { start, end, term } of found)
          expect(analyze(written.slice(start, end))).toEqual(term === '' ? [] : [term]);
      }),
    );
  });

  it('are well-formed terms, also where a long word is cut within a pair', () => {
    expect(analyze(`a${'\u{10400}'.repeat(40)}`)[0]!.isWellFormed()).toBe(true);
  });
});

describe('highlights', () => {
  it('are the words as written whose stem the query has', () => {
    expect(words('Rivers and the RIVER: a riverbank, river_bed', 'the river')).toEqual(['Rivers', 'RIVER']);
  });

  it('are at the right place behind a letter that grows in lower case', () => {
    expect(words('İİİ İstanbul, Größe 東京', 'İSTANBUL größe')).toEqual(['İstanbul', 'Größe']);
  });

  it('are all words of the text with a term of the query, and only these', () => {
    fc.assert(
      fc.property(text, query, (written, asked) => {
        const terms = new Set(analyze(asked));
        const { ranges } = highlights(written, asked);
        expect(ranges.flatMap(({ start, end }) => analyze(written.slice(start, end)))).toEqual(
          analyze(written).filter((term) => terms.has(term)),
        );
        ranges.forEach(({ start }, index) =>
          expect(start).toBeGreaterThanOrEqual(ranges[index - 1]?.end ?? 0),
        );
      }),
    );
  });
});

describe('a snippet', () => {
  const long = `Once there was a mill. ${'It rained and rained. '.repeat(20)}The river by the mill rose, and the bridge over the river fell.`;

  it('is where most terms of the query stand together, in whole words', () => {
    const { snippet } = highlights(long, 'bridge mill river', { maxCharacters: 70 });
    expect(snippet).toEqual({
      start: long.indexOf('The river by'),
      end: long.length,
      text: 'The river by the mill rose, and the bridge over the river fell.',
      terms: 3,
    });
  });

  it('is the beginning of the text when the query is not in it', () => {
    const { snippet, fragments, ranges } = highlights(long, 'desert', { maxCharacters: 20 });
    expect(snippet).toEqual({ start: 0, end: 16, text: 'Once there was a', terms: 0 });
    expect([fragments, ranges]).toEqual([[], []]);
  });

  it('is the whole text when that is short', () => {
    expect(highlights('A river.', 'river').snippet).toEqual({ start: 0, end: 8, text: 'A river.', terms: 1 });
    expect(highlights('', 'river').snippet).toEqual({ start: 0, end: 0, text: '', terms: 0 });
  });

  it('comes with further fragments in the order of the text', () => {
    const { fragments, snippet } = highlights(long, 'mill bridge', { maxCharacters: 30, fragments: 3 });
    expect(fragments.map((fragment) => fragment.text)).toEqual([
      'there was a mill. It rained',
      'mill rose, and the bridge over',
    ]);
    expect(snippet).toBe(fragments[1]);
  });

  it('has the most distinct terms of all windows of its size, and ends where words end', () => {
    fc.assert(
      fc.property(text, query, fc.integer({ min: 2, max: 60 }), (written, asked, maxCharacters) => {
        const { ranges, fragments } = highlights(written, asked, { maxCharacters, fragments: 3 });
        const { snippet } = highlights(written, asked, { maxCharacters });
        const termsWithin = (start: number) => {
          const within = ranges.filter((range) => range.start >= start && range.end <= start + maxCharacters);
          return new Set(within.flatMap((range) => analyze(written.slice(range.start, range.end)))).size;
        };
        expect(snippet.terms).toBe(Math.max(0, ...ranges.map(({ start }) => termsWithin(start))));
        let taken = 0;
        for (const fragment of [...fragments, snippet]) {
          expect(fragment.text).toBe(written.slice(fragment.start, fragment.end));
          expect(fragment.text.length).toBeLessThanOrEqual(maxCharacters);
          const inside = (place: number) =>
            wordsOf(written).some(({ start, end }) => start < place && place < end);
          if (fragment.terms > 0) expect([fragment.start, fragment.end].some(inside)).toBe(false);
        }
        for (const { start, end, terms } of fragments) {
          expect(start).toBeGreaterThanOrEqual(taken);
          expect(terms).toBeGreaterThan(0);
          taken = end;
        }
      }),
    );
  });

  it('does not cut a pair of code units when a word is longer than the snippet', () => {
    const { snippet } = highlights('\u{10400}'.repeat(9), 'river', { maxCharacters: 5 });
    expect(snippet.text).toBe('\u{10400}\u{10400}');
  });
});
