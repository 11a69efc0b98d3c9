import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuse, type FusionOptions, type RankedList } from '../src/search/fusion.ts';

/** A list of the `depth` best of these scores, by position; `undefined` was not scored. */
const listOf = (scores: readonly (number | undefined)[], { depth = 3, floor = 0 } = {}): RankedList => ({
  rows: scores
    .flatMap((score, position) => (score === undefined || score <= floor ? [] : [{ position, score }]))
    .sort((one, other) => other.score - one.score || one.position - other.position)
    .slice(0, depth),
  floor,
  scoreOf: (position) => scores[position],
});

const order = (rows: readonly { position: number }[]) => rows.map(({ position }) => position);

describe('fusion of a dense and a lexical list', () => {
  const dense = listOf([0.9, 0.5, 0.7, 0.1, 0.3], { depth: 2, floor: 0.1 });
  const lexical = listOf([0, 8, 4, 2, 0], { depth: 2 });

  it('adds scores stretched from the least of all rows to the best', () => {
    const rows = fuse(dense, lexical);
    expect(order(rows)).toEqual([1, 2, 0]);
    expect(rows.map(({ score }) => score)).toEqual([
      expect.closeTo(1.5),
      expect.closeTo(0.75 + 0.5),
      expect.closeTo(1),
    ]);
  });

  it('gives a row of one list its true share of the other', () => {
    const [first] = fuse(dense, lexical);
    expect(first).toMatchObject({ dense: 0.5, lexical: 8 });
    expect(first!.fused!.dense).toEqual({ weight: 1, share: expect.closeTo(0.5) });
  });

  it('leaves out the lexical score of a row without a term of the query', () => {
    expect(fuse(dense, lexical).at(-1)).toEqual({
      position: 0,
      score: 1,
      dense: 0.9,
      fused: {
        fusion: 'min-max',
        dense: { weight: 1, share: 1, rank: 1 },
        lexical: { weight: 1, share: 0 },
      },
    });
  });

  it('counts a row that a list did not score as the least of that list', () => {
    const some = listOf([0.9, undefined, 0.7], { floor: 0.1 });
    const row = fuse(some, lexical).find(({ position }) => position === 1)!;
    expect(row.score).toBe(1);
    expect(row).not.toHaveProperty('dense');
    expect(row.fused!.dense).toEqual({ weight: 1, share: 0 });
  });

  it.each<[string, FusionOptions, number[]]>([
    ['min-max, all weight on dense', { weights: { dense: 1, lexical: 0 } }, [0, 2, 1]],
    ['min-max, all weight on lexical', { weights: { dense: 0, lexical: 1 } }, [1, 2, 0]],
    ['rrf', { fusion: 'rrf' }, [2, 0, 1]],
    ['rrf, more weight on lexical', { fusion: 'rrf', weights: { dense: 1, lexical: 3 } }, [2, 1, 0]],
  ])('orders by %s', (_, options, expected) => {
    expect(order(fuse(dense, lexical, options))).toEqual(expected);
  });

  it('adds reciprocal ranks for rrf, 0 where a row has none', () => {
    const [first, second] = fuse(dense, lexical, { fusion: 'rrf' });
    expect(first!.score).toBe(1 / 62 + 1 / 62);
    expect(second).toMatchObject({
      position: 0,
      score: 1 / 61,
      fused: { fusion: 'rrf', dense: { rank: 1, share: 1 / 61 }, lexical: { share: 0 } },
    });
  });

  it.each(['min-max', 'rrf'] as const)('takes what one list has when the other is empty: %s', (fusion) => {
    const none = listOf([]);
    expect(order(fuse(dense, none, { fusion }))).toEqual([0, 2]);
    expect(order(fuse(none, lexical, { fusion }))).toEqual([1, 2]);
    expect(fuse(none, none, { fusion })).toEqual([]);
  });

  it('gives the full share to rows that all score the same', () => {
    const same = listOf([0.4, 0.4], { floor: 0.4 });
    const rows = fuse({ ...same, rows: [{ position: 0, score: 0.4 }] }, listOf([0, 0]));
    expect(rows).toMatchObject([{ position: 0, score: 1 }]);
  });

  it('accounts for every score, for the union of both lists once, in order', () => {
    const scores = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }), {
      minLength: 30,
      maxLength: 30,
    });
    const weight = fc.double({ min: 0, max: 5, noNaN: true });
    const options = fc.record({
      fusion: fc.constantFrom('min-max' as const, 'rrf' as const),
      weights: fc.record({ dense: weight, lexical: weight }),
    });
    fc.assert(
      fc.property(scores, scores, fc.nat(20), options, (one, other, depth, chosen) => {
        const lists = [listOf(one, { depth }), listOf(other, { depth })] as const;
        const rows = fuse(...lists, chosen);
        const union = new Set(lists.flatMap((list) => order(list.rows)));
        expect(new Set(order(rows))).toEqual(union);
        expect(rows).toHaveLength(union.size);
        rows.forEach(({ position, score, fused }, index) => {
          const { dense: first, lexical: second } = fused!;
          expect(score).toBe(first.weight * first.share + second.weight * second.share);
          expect([first.share, second.share].every((share) => share >= 0 && share <= 1)).toBe(true);
          const before = rows[index - 1];
          if (before?.score === score) expect(before.position).toBeLessThan(position);
          else expect(before?.score ?? Infinity).toBeGreaterThan(score);
        });
      }),
    );
  });
});
