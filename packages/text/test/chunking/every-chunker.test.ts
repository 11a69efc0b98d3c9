import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeChunker, type Chunker, type ChunkHints, type ChunkSpan } from '../../src/index.ts';

const counter = { name: 'words', count: (text: string) => text.match(/[\p{L}\p{N}]+|[^\s]/gu)?.length ?? 0 };
const chunkerOf = (strategy: string, parameters: Record<string, number> = {}) =>
  makeChunker({ strategy, version: 1, parameters }, { tokenCounter: () => counter });

const CHUNKERS: [string, Chunker][] = [
  ['sentence', chunkerOf('sentence', { maxChars: 60, overlapChars: 20 })],
  ['token', chunkerOf('token', { maxTokens: 24, overlapTokens: 8 })],
  ['markdown', chunkerOf('markdown', { maxChars: 60 })],
  ['code', chunkerOf('code', { maxChars: 60 })],
  ['none', chunkerOf('none')],
];
const LIMITED = CHUNKERS.filter(([name]) => name !== 'none');

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '# A heading\n',
      '## B\n\n',
      '- item\n',
      '  - inner\n',
      '1. one\n',
      '| a | b |\n',
      '|---|---|\n',
      '```\n',
    ],
    ...[
      '---\n',
      'title: x\n',
      '> quote\n',
      '    code\n',
      '\tdeep {\n',
      '}\n',
      '\r\n',
      '\r\n\r\n',
      '\n\n',
      ' ',
      '\t',
    ],
    ...[
      'Silt settles. ',
      'Mr. Clay ',
      '東京は大きい。',
      '👩‍👩‍👧‍👦',
      '🙂',
      'e\u0301',
      'x'.repeat(90),
      '\u0000',
      '\ufeff',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const anyText = fc.array(piece, { maxLength: 50 }).map((pieces) => pieces.join(''));

/** Undefined when chunks are slices in order, and everything but white space is in one of them. */
const faultOf = (text: string, spans: readonly ChunkSpan[]): string | undefined => {
  let [covered, lastStart] = [0, -1];
  for (const { start, end } of spans) {
    if (text.slice(start, end).trim() === '') return `nothing in ${String(start)}..${String(end)}`;
    if (start <= lastStart || end <= covered || end > text.length)
      return `${String(start)}..${String(end)} out of order`;
    if (text.slice(covered, Math.max(covered, start)).trim() !== '') return `a gap before ${String(start)}`;
    [covered, lastStart] = [end, start];
  }
  return text.slice(covered).trim() === '' ? undefined : `nothing after ${String(covered)}`;
};

describe.each(CHUNKERS)('the strategy %s', (_, chunker) => {
  it('covers any text with exact offsets, and again with the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const spans = chunker.chunk(text);
        expect(faultOf(text, spans)).toBeUndefined();
        expect(chunker.chunk(text)).toEqual(spans);
      }),
      { numRuns: 300 },
    );
  });

  it('covers any text whose headings are known', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(400), { maxLength: 5 }), (text, starts) => {
        const headings = starts.map((start, index) => ({
          level: 1 + (index % 6),
          text: `H${String(index)}`,
          start,
        }));
        const hints: ChunkHints = { title: 'H0', headings };
        expect(faultOf(text, chunker.chunk(text, hints))).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('makes nothing of a text without words', () => {
    for (const text of ['', ' ', '\r\n\r\n\t']) expect(chunker.chunk(text)).toEqual([]);
  });

  it('leaves well-formed text well-formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const chunks = chunker.chunk(text).map(({ start, end }) => text.slice(start, end));
        expect(chunks.filter((chunk) => !chunk.isWellFormed())).toEqual([]);
      }),
    );
  });

  it.each([
    'x',
    '🙂',
    '東',
    'x ',
    '\n',
    '# a\n',
    '- a\n',
    '| a ',
    '```\n',
    '    ',
    ' {\n',
    '. ',
    'e\u0301',
    '\u0301',
  ])('reads 100,000 units of %j', (unit) => {
    const text = unit.repeat(100_000 / unit.length);
    expect(faultOf(text, chunker.chunk(text))).toBeUndefined();
  });
});

describe.each(LIMITED)('the strategy %s', (name, chunker) => {
  const [limit = 0] = Object.values(chunker.parameters) as number[];
  const sizeOf = (text: string) => (name === 'token' ? counter.count(text) : text.length);

  it('keeps to its largest size', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const chunks = chunker.chunk(text).map(({ start, end }) => text.slice(start, end));
        expect(chunks.filter((chunk) => sizeOf(chunk) > limit)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps letters and their accents, and emoji sequences, together', () => {
    for (const character of ['e\u0301', '👩‍👩‍👧‍👦', '👍🏽', 'कि']) {
      const text = character.repeat(200);
      const segments = [...new Intl.Segmenter('en').segment(text)];
      const borders = new Set(segments.map(({ index }) => index).concat(text.length));
      const cuts = chunker.chunk(text).flatMap(({ start, end }) => [start, end]);
      expect(cuts.filter((cut) => !borders.has(cut))).toEqual([]);
    }
  });
});
