import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitSentences } from '../src/index.ts';

const sentences = (text: string) =>
  splitSentences(text).map(({ start, end }) => text.slice(start, end).trim());

describe('splitSentences', () => {
  it.each<[string, string[]]>([
    ['Silt settles.|Water moves on!|Why?', []],
    ['Dr. Smith met Mr. J. R. Jones at 5 p.m. in St. Louis.|They talked.', []],
    ['It costs 3.50 dollars, i.e. little.|Version 2.0.1 is out.', []],
    ['She said "Stop." and left.|"Go on."|Then he went.', []],
    ['See fig. 3 and e.g. The Times, vol. 2, no. 7.', []],
    ['He works at Acme Inc. in Ohio.|She left Acme Inc.|They hired two.', []],
    ['The U.S. economy grew.|He moved to the U.S.|The rest stayed.', []],
    ['Wait... what?|Nothing...|Then it began.', []],
    ['Open example.com/a.html?x=1.2 now.|Done.', []],
    ['It was shown.[3]|Others disagree.[4][5]', []],
    ['河は流れる。|海に入る。|終わり', []],
    ['1) clay|2) silt|3) sand', []],
    ['1. Clay settles|2. Silt settles.|3. Sand', []],
    ['(a) clay|(b) silt (see a) and 2) too', []],
    ['1) The number 2)', []],
    ['Nothing ends here', []],
  ])('%s', (marked) => {
    const expected = marked.split('|');
    const joined = expected.reduce((text, part) => text + (text.endsWith('。') ? '' : ' ') + part);
    expect(sentences(joined)).toEqual(expected);
  });

  it('ends a sentence at a blank line, a list item and after a short line', () => {
    expect(sentences('A heading\n\nsome text\n- one\n- two\n2. three')).toEqual([
      'A heading',
      'some text',
      '- one',
      '- two',
      '2. three',
    ]);
    expect(sentences('Short line\nAnother one')).toEqual(['Short line', 'Another one']);
  });

  it('reads on over the end of a wrapped line', () => {
    const wrapped =
      'The river carries sand and clay from the hills of the north to the\nSea of Marmara every year.';
    expect(sentences(wrapped)).toEqual([wrapped]);
    expect(sentences('It was a cold \nnight.')).toEqual(['It was a cold \nnight.']);
  });

  it('covers any text without a gap, and makes no empty sentence', () => {
    const piece = fc.constantFrom(
      '.',
      '! ',
      '\n',
      '\n\n',
      ' ',
      'a',
      'A',
      'Mr',
      ' U.S',
      '"',
      ')',
      '[1]',
      '。',
      '- ',
      '1',
      '東',
      '🙂',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 50 }).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (text) => {
          const spans = splitSentences(text);
          expect(spans.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
          if (text.trim() !== '')
            for (const { start, end } of spans) expect(text.slice(start, end).trim()).not.toBe('');
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each(['.', '. ', '\n', '\n ', '"', '.)', '[1]', '.[1]', 'a', '- \n', '…', '1) 2) ', ')'])(
    'reads half a megabyte of %j',
    (piece) => {
      const text = piece.repeat(500_000 / piece.length);
      expect(splitSentences(text).at(-1)?.end).toBe(text.length);
    },
  );

  it('reads half a megabyte of initials after as much white space', () => {
    const text = ' '.repeat(500_000) + 'A. 1) '.repeat(83_000);
    expect(splitSentences(text).at(-1)?.end).toBe(text.length);
  });
});

interface ConformanceCase {
  text: string;
  sentences: string[];
  lossless: boolean;
}

const conformance = new URL('../../../../shared/data/conformance/sentences-en.json', import.meta.url);
const whenPresent = existsSync(conformance) ? it : it.skip;

describe('the published sentence cases of pragmatic_segmenter and pySBD (skipped where the data set is absent)', () => {
  whenPresent('agree in at least four of five', () => {
    const { cases } = JSON.parse(readFileSync(conformance, 'utf8')) as { cases: ConformanceCase[] };
    const applicable = cases.filter(({ lossless }) => lossless);
    const squeeze = (parts: string[]) => parts.map((part) => part.replace(/\s+/g, '')).join('|');
    const agreeing = applicable.filter(
      ({ text, sentences: expected }) => squeeze(sentences(text)) === squeeze(expected),
    );
    expect(agreeing.length / applicable.length).toBeGreaterThan(0.8);
  });
});
