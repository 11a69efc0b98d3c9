import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { JsonSchema } from '@alluvium/schema-diff';
import { bundleSchemas } from '../tools/compatibility/bundles.ts';
import { loadReleased, type ReleasedSchema } from '../tools/compatibility/releases.ts';
import { reviewSchemas, type SchemaReview } from '../tools/compatibility/review.ts';
import { hurtByJsoncompat, hurtByValues, validatorOf } from './support/generative-check.ts';

const SAMPLES = 6;
const current = bundleSchemas();
const released = loadReleased();
const example = (name: string, which: string): unknown =>
  JSON.parse(readFileSync(new URL(`../schemas/examples/${name}/${which}.json`, import.meta.url), 'utf8'));

describe.each(reviewSchemas(current, released))('$name', ({ faults }) => {
  it('keeps what all its releases promised', () => {
    expect(faults).toEqual([]);
  });
});

const pairs = released.flatMap(({ name, releases }) => {
  const now = current.get(name);
  return now === undefined ? [] : releases.map((old, index) => ({ name, release: index + 1, old, now }));
});

describe.each(pairs)('$name and its release $release', ({ name, old, now }) => {
  it('read the values that the other writes', () => {
    expect(hurtByValues(old, now, { count: SAMPLES })).toEqual([]);
  });

  it('are compatible in the eyes of jsoncompat', () => {
    expect(hurtByJsoncompat(old, now)).toEqual([]);
  });

  it('read the examples of today', () => {
    const reads = validatorOf(old);
    expect(['minimal', 'full'].map((which) => reads(example(name, which)))).toEqual([true, true]);
  });
});

describe('the review of schemas against their releases', () => {
  const text = { type: 'string' };
  const schema = (properties: Record<string, JsonSchema>): JsonSchema => ({
    $id: 'x:/a.b.v1',
    type: 'object',
    properties,
  });
  const first = schema({ id: text, note: text });
  const promised = (...releases: JsonSchema[]): ReleasedSchema[] => [
    { name: 'a.b.v1', releases, retired: false },
  ];
  const review = (now: JsonSchema, before: ReleasedSchema[]): SchemaReview =>
    reviewSchemas(new Map([['a.b.v1', now]]), before)[0]!;

  it('lets a draft change freely', () => {
    expect(review(first, [])).toEqual({ name: 'a.b.v1', state: 'draft', newest: 0, faults: [] });
  });

  it('asks for a release when more than words changed', () => {
    const reworded = { ...first, title: 'Other words', 'x-owner': 'search' };
    expect(review(reworded, promised(first)).state).toBe('released');
    expect(review(schema({ id: text, note: text, more: text }), promised(first)).state).toBe('changed');
  });

  it('remembers a property that an older release had when its name comes back with another type', () => {
    const without = schema({ id: text });
    const reused = schema({ id: text, note: { type: 'integer' } });
    const { faults } = review(reused, promised(first, without));
    expect(faults).toEqual([
      expect.stringMatching(/^\/note changed its type from string to integer\..*release 1\)$/),
    ]);
  });

  it('refuses what only the newest release forbids', () => {
    const nested = (...required: string[]): JsonSchema =>
      schema({ id: text, note: text, more: { type: 'object', required, properties: { a: text, b: text } } });
    const { faults } = review(nested('a', 'b'), promised(first, nested('a')));
    expect(faults).toEqual([expect.stringMatching(/^\/more\/b became required\..*release 2\)$/)]);
  });

  it('refuses a schema that moved to another folder', () => {
    expect(review({ ...first, $id: 'x:/other/a.b.v1' }, promised(first)).faults).toHaveLength(1);
  });

  it.each([
    ['is gone without a trace', [], false, 'missing'],
    ['has a later major beside it', ['a.b.v2'], false, 'retired'],
    ['has only another noun beside it', ['a.bc.v2'], false, 'missing'],
    ['was retired on purpose', [], true, 'retired'],
  ])('judges a released schema that %s', (_, others, retired, state) => {
    const now = new Map(others.map((name) => [name, first]));
    const [gone] = reviewSchemas(now, [{ name: 'a.b.v1', releases: [first], retired }]).filter(
      ({ name }) => name === 'a.b.v1',
    );
    expect([gone?.state, gone?.faults.length]).toEqual([state, state === 'missing' ? 1 : 0]);
  });

  it('refuses a retired name that comes back', () => {
    const [entry] = promised(first);
    expect(review(first, [{ ...entry!, retired: true }]).faults).toEqual([
      expect.stringContaining('needs a new name'),
    ]);
  });
});
