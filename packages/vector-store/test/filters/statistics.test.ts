import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lowerBound, upperBound } from '../../src/filters/attribute-statistics.ts';
import { mayMatch, type SegmentStatistics } from '../../src/filters/segment-statistics.ts';
import { arbitraryFilters, arbitrarySample, builderOf, documentWith, passes } from './filter-samples.ts';

const throughJson = (statistics: SegmentStatistics): SegmentStatistics =>
  JSON.parse(JSON.stringify(statistics)) as SegmentStatistics;

describe('mayMatch', () => {
  it('never says no when a document passes', () => {
    let refused = 0;
    fc.assert(
      fc.property(arbitrarySample, arbitraryFilters, ({ documents }, filters) => {
        const statistics = throughJson(builderOf(documents).statistics());
        const may = mayMatch(statistics, filters);
        if (!may) refused += 1;
        const found = documents.some((document) => !document.deleted && passes(document, filters));
        if (found) expect(may).toBe(true);
      }),
      { numRuns: 1000 },
    );
    // Else the property would hold for a function that says yes to everything.
    expect(refused).toBeGreaterThan(100);
  });

  const statistics = builderOf([
    documentWith({ modified: '2024-03-01T00:00:00Z', attributes: { year: 2003, tags: ['b', 'd'] } }),
    documentWith({ entity: 'note', attributes: { year: 2005, open: true } }),
    documentWith({ entity: 'gone', modified: '1999-01-01T00:00:00Z', deleted: true, attributes: { old: 1 } }),
  ]).statistics();

  it('describes the documents that are there and leaves tombstones out', () => {
    const at = Date.parse('2024-03-01T00:00:00Z');
    expect(statistics).toEqual({
      entities: ['note', 'page'],
      modified: { from: at, to: at, missing: true },
      attributes: {
        open: { booleans: [true] },
        tags: { strings: ['b', 'd'] },
        year: { numbers: [2003, 2005] },
      },
      complete: true,
    });
  });

  it.each([
    [{}, true],
    [{ entity: 'gone' }, false],
    [{ entity: ['gone', 'note'] }, true],
    [{ id: 'nobody' }, true],
    [{ since: '2024-03-01T00:00:00Z' }, true],
    [{ since: '2024-03-01T00:00:00.001Z' }, false],
    [{ until: '2024-03-01T00:00:00Z' }, false],
    [{ until: '2024-03-02' }, true],
    [{ attributes: { old: 1 } }, false],
    [{ attributes: { year: 2004 } }, true],
    [{ attributes: { year: [2002, 2006] } }, false],
    [{ attributes: { year: { gt: 2005 } } }, false],
    [{ attributes: { year: { gte: 2005 } } }, true],
    [{ attributes: { year: { lte: 2003 } } }, true],
    [{ attributes: { year: { lt: 2003 } } }, false],
    [{ attributes: { year: { gt: 'a' } } }, false],
    [{ attributes: { year: '2003' } }, false],
    [{ attributes: { tags: 'c' } }, true],
    [{ attributes: { tags: 'a' } }, false],
    [{ attributes: { open: false } }, false],
    [{ attributes: { open: {} } }, true],
    [{ attributes: { toString: 1 } }, false],
  ])('judges %j: %j', (filters, expected) => {
    expect(mayMatch(statistics, filters)).toBe(expected);
  });

  it('lets everything pass that it knows nothing of', () => {
    const filters = { entity: 'x', since: '2030-01-01', attributes: { y: 1 } };
    expect(mayMatch(undefined, filters)).toBe(true);
    expect(mayMatch({ complete: false }, filters)).toBe(true);
  });

  it('stays small with many entities and attributes, and then says no to none of them', () => {
    const names = Array.from({ length: 500 }, (_, id) => `name ${id} ${'x'.repeat(100)}`);
    const documents = names.map((name) =>
      documentWith({ entity: name, attributes: { [name]: 'y'.repeat(1000), all: 1 } }),
    );
    const large = builderOf(documents).statistics();
    expect(JSON.stringify(large).length).toBeLessThan(30_000);
    expect(Object.keys(large.attributes ?? {})).toHaveLength(64);
    expect(large.attributes).toHaveProperty('all');
    for (const name of names)
      expect(mayMatch(large, { entity: name, attributes: { [name]: 'y'.repeat(1000) } })).toBe(true);
    expect(mayMatch(large, { attributes: { all: 2 } })).toBe(false);
  });
});

describe('bounds of strings', () => {
  const unit = fc.constantFrom('a', '\ud7ff', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\uffff');
  const long = fc
    .tuple(fc.integer({ min: 55, max: 66 }), unit, fc.array(unit, { maxLength: 10 }))
    .map(([length, first, rest]) => first.repeat(length) + rest.join(''));

  it('enclose the string, are short and are well formed', () => {
    fc.assert(
      fc.property(fc.oneof(long, fc.string({ unit: 'binary', maxLength: 100 })), (text) => {
        const [lower, upper] = [lowerBound(text), upperBound(text)];
        expect(lower <= text).toBe(true);
        for (const bound of [lower, upper ?? '']) {
          expect(bound.length).toBeLessThanOrEqual(64);
          expect(bound.isWellFormed()).toBe(true);
        }
        if (upper !== undefined) expect(upper >= text).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('are missing above the largest strings only', () => {
    expect(upperBound('\uffff'.repeat(65))).toBeUndefined();
    expect(upperBound('a' + '\uffff'.repeat(65))).toBe('b');
    expect(upperBound('a'.repeat(65))).toBe('a'.repeat(63) + 'b');
  });
});
