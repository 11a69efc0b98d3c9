import { describe, expect, it } from '@jest/globals';
import type { RetrieveResponseV1 } from '@alluvium/contracts';
import { readFilters } from '../src/search/filter-option.ts';
import { renderFooter } from '../src/search/render-footer.ts';
import { renderHits } from '../src/search/render-hits.ts';
import { renderPlan } from '../src/search/render-score.ts';

describe('--filter', () => {
  it.each([
    [['year=2024'], { year: 2024 }],
    [['year="2024"'], { year: '2024' }],
    [['open = true'], { open: true }],
    [['year>=2020', 'year < 2024'], { year: { gte: 2020, lt: 2024 } }],
    [['lang in en, de'], { lang: ['en', 'de'] }],
    [['title=cats in hats'], { title: 'cats in hats' }],
    [['ratio>-0.5'], { ratio: { gt: -0.5 } }],
    [['formula=a=b'], { formula: 'a=b' }],
    [['__proto__=1'], JSON.parse('{"__proto__": 1}') as object],
  ])('reads %j', (given, expected) => {
    expect(readFilters(given)).toEqual(expected);
  });

  it.each([
    [['year']],
    [['=5']],
    [['year=']],
    [['year in ']],
    [['']],
    [['year=1', 'year=2']],
    [['year in 1,2', 'year>1']],
  ])('refuses %j as a wrong call', (given) => {
    expect(() => readFilters(given)).toThrow(expect.objectContaining({ name: 'CliError', exitCode: 2 }));
  });
});

const answer: RetrieveResponseV1 = {
  ...{ collection: 'docs', mode: 'hybrid', matched: 2 },
  results: [
    {
      ...{ id: 'a'.repeat(26), documentId: 'files/page#a', source: 'files', entity: 'page', entityId: 'a' },
      ...{ title: 'About stone', attributes: {}, snippet: 'A stone upon\n stones.', start: 0, end: 22 },
      ...{ score: 1.5, scores: { dense: 0.7, lexical: 2 } },
      highlights: {
        ranges: [
          { start: 2, end: 7 },
          { start: 14, end: 20 },
        ],
        title: [],
        fragment: { start: 0, end: 20, text: 'A stone upon\n stones' },
      },
      explanation: {
        segment: 'indexes/docs/segments/0123456789abcdef',
        dense: { score: 0.7, rank: 2 },
        lexical: {
          ...{ score: 2, rank: 1 },
          terms: [{ term: 'stone', weight: 1.2, frequency: 2, length: 4, score: 2 }],
        },
        fused: {
          fusion: 'min-max',
          dense: { weight: 1, share: 0.5, rank: 2 },
          lexical: { weight: 1, share: 1, rank: 1 },
        },
      },
    },
  ],
  plan: {
    ...{ recall: '0.99', rowsScored: 3, rowsEstimated: 0, clustersProbed: 0 },
    segments: [
      {
        key: 'indexes/docs/segments/0123456789abcdef',
        rows: 3,
        matched: 2,
        way: 'exact',
        why: 'it is small',
      },
    ],
  },
  explanation: {
    dense: { floor: 0.1, top: 0.9, rows: 3 },
    lexical: {
      floor: 0,
      top: 2,
      rows: 1,
      averageLength: 4,
      terms: [{ term: 'stone', weight: 1.2, rows: 1 }],
    },
  },
  read: { requests: 4, bytes: 1000 },
  timings: { embedMs: 1, openMs: 2, searchMs: 3, totalMs: 6 },
};

describe('the line below the hits', () => {
  const searched = {
    ...answer,
    snapshot: { version: 7, publishedAt: '2026-03-01T12:00:00.000Z', fence: 1, documents: 1, chunks: 10 },
  };

  it.each([
    [searched, '2 of 10 chunks, snapshot 7, 6.0 ms'],
    [
      { ...searched, tail: { deltas: 2, chunks: 5, omitted: 1 } },
      '2 of 15 chunks, snapshot 7, 2 unsettled (5 chunks), 1 more not searched, 6.0 ms',
    ],
    [{ ...answer, tail: { deltas: 1, chunks: 5, omitted: 0 } }, '2 chunks, 1 unsettled (5 chunks), 6.0 ms'],
    [answer, 'Nothing was published to this collection yet. Watch the runs: alluvium runs'],
  ])('tells what was searched', (searchedAnswer, line) => {
    expect(renderFooter(searchedAnswer)).toBe(line);
  });
});

describe('an explained answer', () => {
  it('shows the words where they are', () => {
    expect(renderHits(answer)).toContain('    A *stone* upon *stones* …');
  });

  it('shows a sum that gives the score', () => {
    const lines = renderHits(answer).join('\n');
    expect(lines).toContain('vector  cosine 0.700, rank 2  1 x 0.5000 = 0.500');
    expect(lines).toContain('words   BM25 2.000, rank 1  1 x 1.0000 = 1.000');
    expect(lines).toContain('stone 2.000 (2 of 4 terms)');
  });

  it('shows how the index was searched and what it cost', () => {
    expect(renderPlan(answer, 100)).toEqual([
      'plan    recall 0.99: 3 chunks compared',
      '        0123456789ab  exact, 2 of 3 chunks: it is small',
      'vector  3 ranked, cosine 0.100 to 0.900',
      'words   1 ranked, BM25 up to 2.000; 4.0 terms in the average chunk',
      '        stone: in 1, weight 1.200',
      'time    embed 1.0, open 2.0, search 3.0, total 6.0 ms',
      'read    4 requests, 1,000 bytes',
    ]);
  });

  it('keeps to the width of the terminal', () => {
    for (const line of renderPlan(answer, 40)) expect(line.length).toBeLessThanOrEqual(40);
  });
});
