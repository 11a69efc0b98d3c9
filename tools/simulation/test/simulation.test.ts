import { describe, expect, it } from '@jest/globals';
import { explore } from '../exhaustive/explore.ts';
import { runSeed } from '../run-seed.ts';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);

describe('the settling protocol', () => {
  it.each(SEEDS)('keeps its invariants in seed %i', async (seed) => {
    const { violations } = await runSeed(seed);
    expect(violations).toEqual([]);
  });

  it('keeps its invariants in the first interleavings of the small model', async () => {
    const { interleavings, violations } = await explore({ most: 200 });
    expect(violations).toEqual([]);
    expect(interleavings).toBeGreaterThan(50);
  });
});

describe('a run', () => {
  it('goes the same way each time', async () => {
    const [first, second] = [await runSeed(7), await runSeed(7)];
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(second.steps).toBe(first.steps);
  });

  it('goes the same way when it is written down', async () => {
    const [quiet, loud] = [await runSeed(3), await runSeed(3, { readable: true })];
    expect(loud.fingerprint).toBe(quiet.fingerprint);
    expect(quiet.lines).toEqual([]);
    expect(loud.lines.some((line) => line.includes('EMIT snapshot.published.v1'))).toBe(true);
  });

  it('goes another way with another seed', async () => {
    const [one, other] = [await runSeed(1), await runSeed(2)];
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

  it('gives the timers back', async () => {
    const before = globalThis.setInterval;
    await runSeed(1);
    expect(globalThis.setInterval).toBe(before);
  });
});
