import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { averagePrecision, ndcgAt, recallAt, reciprocalRankAt } from '../src/index.ts';

const judged = new Map([
  ['a', 3],
  ['b', 2],
  ['c', 1],
  ['d', 0],
]);

describe('ndcgAt', () => {
  it('is 1 for the best order, whatever comes behind', () => {
    expect(ndcgAt(10, ['a', 'b', 'c', 'x', 'd'], judged)).toBe(1);
    expect(ndcgAt(2, ['a', 'b'], judged)).toBe(1);
  });

  it('discounts a grade by the logarithm of its rank', () => {
    const ideal = 3 + 2 / Math.log2(3) + 1 / 2;
    expect(ndcgAt(10, ['x', 'a'], judged)).toBeCloseTo(3 / Math.log2(3) / ideal, 12);
  });

  it('sees only the first k', () => {
    expect(ndcgAt(2, ['x', 'y', 'a'], judged)).toBe(0);
  });

  it('never falls when a better document moves up, and stays between 0 and 1', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd', 'x', 'y']), (ranked) => {
        const value = ndcgAt(10, ranked, judged);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        const sorted = ranked.toSorted((one, other) => (judged.get(other) ?? 0) - (judged.get(one) ?? 0));
        expect(ndcgAt(10, sorted, judged)).toBeGreaterThanOrEqual(value);
      }),
    );
  });
});

describe('recallAt, averagePrecision, reciprocalRankAt', () => {
  it('count documents with a grade above 0', () => {
    const ranked = ['d', 'a', 'x', 'c'];
    expect(recallAt(3, ranked, judged)).toBeCloseTo(1 / 3, 12);
    expect(recallAt(4, ranked, judged)).toBeCloseTo(2 / 3, 12);
    expect(averagePrecision(ranked, judged)).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12);
    expect(reciprocalRankAt(10, ranked, judged)).toBe(1 / 2);
    expect(reciprocalRankAt(1, ranked, judged)).toBe(0);
  });

  it('are 0 for an empty ranking', () => {
    expect([
      recallAt(10, [], judged),
      averagePrecision([], judged),
      reciprocalRankAt(10, [], judged),
    ]).toEqual([0, 0, 0]);
  });
});
