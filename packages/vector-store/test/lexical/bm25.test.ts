import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prepareLexicalQuery } from '../../src/lexical/lexical-query.ts';
import { lexicalSearch, naiveScores, segmentOf } from './lexical-search.ts';

const WORDS = ['river', 'rivers', 'lake', 'stone', 'bridge', 'mill', 'the', 'old', 'water', '東京', 'Größe'];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' '));
const texts = fc.array(text, { minLength: 1, maxLength: 30 });

const positions = (rows: readonly { position: number }[]) => rows.map(({ position }) => position);

describe('BM25 over a lexicon', () => {
  it('scores and orders rows as the definition does', async () => {
    await fc.assert(
      fc.asyncProperty(texts, text, async (all, query) => {
        const { rows, scored } = await lexicalSearch([await segmentOf(all)], query, { k: 100 });
        const expected = naiveScores(all, query);
        all.forEach((_, row) => expect(scored[0]!.scoreOf(row)).toBeCloseTo(expected[row]!, 9));
        expect(positions(rows).sort((one, other) => one - other)).toEqual(
          expected.flatMap((score, row) => (score > 0 ? [row] : [])),
        );
        rows.forEach(({ position, score }) => expect(score).toBeCloseTo(expected[position]!, 9));
        expect(rows.every(({ score }, index) => score <= (rows[index - 1]?.score ?? Infinity))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('gives a row the same score however rows are spread over segments', async () => {
    await fc.assert(
      fc.asyncProperty(texts, fc.nat(30), text, async (all, cut, query) => {
        const whole = await lexicalSearch([await segmentOf(all)], query, { k: 10 });
        const parts = await Promise.all([all.slice(0, cut), [], all.slice(cut)].map(segmentOf));
        expect((await lexicalSearch(parts, query, { k: 10 })).rows).toEqual(whole.rows);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves rows that the mask excludes out of the answer, and only these', async () => {
    await fc.assert(
      fc.asyncProperty(texts, text, fc.infiniteStream(fc.nat(1)), async (all, query, bits) => {
        const mask = Uint8Array.from(all, () => bits.next().value as number);
        const segment = await segmentOf(all);
        const masked = await lexicalSearch([segment], query, { k: 100, masks: [mask] });
        const { rows } = await lexicalSearch([segment], query, { k: 100 });
        expect(masked.rows).toEqual(rows.filter(({ position }) => mask[position] === 1));
      }),
      { numRuns: 50 },
    );
  });

  it('scores few rows of a large segment as it scores those of a small one', async () => {
    const small = ['river river stone', 'lake', 'the river', 'old mill'];
    const filler = Array.from({ length: 500 }, (_, index) => `word${index}`);
    const parts = await Promise.all([small, filler].map(segmentOf));
    const apart = await lexicalSearch(parts, 'river mill', { k: 3 });
    const together = await lexicalSearch([await segmentOf([...small, ...filler])], 'river mill', { k: 3 });
    expect(positions(together.rows)).toEqual([2, 0, 3]);
    expect(together.rows).toEqual(apart.rows);
    expect([0, 1, 400].map(together.scored[0]!.scoreOf)).toEqual([together.rows[1]!.score, 0, 0]);
  });

  it('reads no posting lists when no term occurs', async () => {
    const segment = await segmentOf(['river', 'lake']);
    segment.reader.reads.length = 0;
    expect((await lexicalSearch([segment], 'the unknown', { k: 3 })).rows).toEqual([]);
    expect(segment.reader.reads).toEqual([]);
  });

  it('answers nothing where there are no segments', async () => {
    expect(await prepareLexicalQuery('river', [])).toEqual({ terms: [], averageLength: 1 });
  });

  it('refuses a posting list whose checksum does not match', async () => {
    const segment = await segmentOf(['river', 'lake']);
    const broken = { ...segment.reader, ranges: async () => [new Uint8Array(3)] };
    await expect(lexicalSearch([{ ...segment, reader: broken }], 'river', { k: 3 })).rejects.toMatchObject({
      code: 'SEGMENT_CORRUPT',
      details: { plane: 'postings' },
    });
  });
});

describe('the explanation of a lexical score', () => {
  it('names terms that add up to the score, and none for a row without', async () => {
    await fc.assert(
      fc.asyncProperty(texts, text, async (all, query) => {
        const [scores] = (await lexicalSearch([await segmentOf(all)], query, { k: 1 })).scored;
        all.forEach((_, row) => {
          const sum = scores!.explain(row).reduce((total, { score }) => total + score, 0);
          expect(sum).toBeCloseTo(scores!.scoreOf(row), 12);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('says how often the row has the term, how long it is and what the term weighs', async () => {
    const { scored } = await lexicalSearch(
      [await segmentOf(['old stone bridge, old mill', 'a lake'])],
      'old old lake bridges',
      { k: 1 },
    );
    const idf = Math.log(1 + 1.5 / 1.5);
    expect(scored[0]!.explain(0)).toEqual([
      { term: 'old', weight: 2 * idf, frequency: 2, length: 5, score: expect.any(Number) },
      { term: 'bridg', weight: idf, frequency: 1, length: 5, score: expect.any(Number) },
    ]);
    expect(scored[0]!.explain(1)).toMatchObject([{ term: 'lake', frequency: 1, length: 1 }]);
  });

  it('reads nothing', async () => {
    const segment = await segmentOf(['river', 'lake']);
    const { scored } = await lexicalSearch([segment], 'river', { k: 1 });
    segment.reader.reads.length = 0;
    scored[0]!.explain(0);
    expect(segment.reader.reads).toEqual([]);
  });
});
