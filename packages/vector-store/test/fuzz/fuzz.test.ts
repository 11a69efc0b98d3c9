import { beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz, fuzzTargets } from './fuzz.ts';
import type { FuzzTarget } from './target.ts';

const INPUTS = 200;
/** Far above what an input takes on a busy machine. */
const MOST_MS = 10_000;

const NAMES = [
  'a delta, damaged',
  'a delta, other planes',
  'a delta, another directory',
  'a segment, damaged',
  'a segment, other planes',
  'a segment, another directory',
  'parsing HEAD, manifest, applied list',
  'searches, any object damaged',
  'searches, other planes',
  'searches, another manifest',
  'searches, another HEAD',
  'publishing onto other planes',
  'JSON lines, other values',
  'JSON lines, damaged',
  'Parquet, another footer',
];

let targets: FuzzTarget[];

beforeAll(async () => {
  targets = await fuzzTargets({ large: false });
});

describe('what reads stored bytes', () => {
  it('is fuzzed, all of it', () => {
    expect(targets.map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)('answers or refuses, and names what is wrong: %s', async (name) => {
    const target = targets.find((one) => one.name === name) as FuzzTarget;
    const { answered, refused, violations } = await fuzz(target, { from: 0, to: INPUTS, mostMs: MOST_MS });
    expect(violations).toEqual([]);
    const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
    expect(answered + refusals).toBe(INPUTS);
    expect(refusals).toBeGreaterThan(0);
  });
});
