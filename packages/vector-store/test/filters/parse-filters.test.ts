import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseFilters } from '../../src/filters/parse-filters.ts';
import { arbitraryFilters } from './filter-samples.ts';

describe('parseFilters', () => {
  it('gives back filters that are right, through JSON', () => {
    fc.assert(
      fc.property(arbitraryFilters, (filters) => {
        const json = JSON.stringify(filters);
        expect(JSON.stringify(parseFilters(JSON.parse(json)))).toBe(json);
      }),
    );
  });

  it.each([undefined, {}, { entity: undefined, attributes: undefined }])('takes %j as no filter', (value) => {
    expect(parseFilters(value)).toEqual({});
  });

  it.each([
    [[], 'The filters are []; write an object such as {"entity": "page"}'],
    ['page', `The filters are 'page'; write an object such as {"entity": "page"}`],
    [
      { colour: 'red' },
      'The filter colour is not known; write entity, id, since, until or attributes, and an attribute as {"attributes":{"colour":"value"}}',
    ],
    [{ entity: 7 }, 'The filter entity is 7; write a string or a list of strings'],
    [{ id: ['1', 2] }, 'The filter id[1] is 2; write a string'],
    [
      { since: 'soon' },
      `The filter since is 'soon'; write a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31`,
    ],
    [
      { until: '2024-13-01' },
      `The filter until is '2024-13-01'; write a time such as 2026-01-31T00:00:00Z, or a date such as 2026-01-31`,
    ],
    [{ attributes: ['year'] }, `The filter attributes is [ 'year' ]; write an object such as {"year": 2024}`],
    [
      { attributes: { year: null } },
      'The filter attributes.year is null; write a value, a list of values or bounds such as {"gte": 1, "lt": 10}',
    ],
    [
      { attributes: { 'a b': [[1]] } },
      'The filter attributes["a b"][0] is [ 1 ]; write a string, a number, true or false',
    ],
    [
      { attributes: { year: { min: 3 } } },
      'The filter attributes.year.min is no bound; write gt, gte, lt or lte',
    ],
    [
      { attributes: { year: { gt: true } } },
      'The filter attributes.year.gt is true; write a number or a string',
    ],
    [
      { attributes: { year: { gt: 1, lt: '9' } } },
      `The filter attributes.year is { gt: 1, lt: '9' }; write bounds that are all numbers or all strings`,
    ],
    [
      { id: Array.from({ length: 1001 }, String) },
      'The filter id lists 1001 values; write at most 1000 of them',
    ],
    [
      { id: '1', attributes: Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`a${at}`, 1])) },
      'The filter attributes brings the conditions to 65; write at most 64 of them',
    ],
    [{ attributes: { year: NaN } }, expect.stringContaining('attributes.year is NaN')],
  ])('says what is wrong and what to write: case %#', (value, message) => {
    const thrown = (() => {
      try {
        return parseFilters(value);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ code: 'FILTER_INVALID', kind: 'invalid', message });
  });

  it('shows a long value in part', () => {
    expect(() => parseFilters({ since: 'x'.repeat(10_000) })).toThrow(/^.{50,250}$/);
  });

  it('never fails in another way, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (value) => {
        for (const input of [value, { attributes: { x: value } }, { id: value }])
          try {
            parseFilters(input);
          } catch (error) {
            expect(error).toMatchObject({ code: 'FILTER_INVALID' });
          }
      }),
    );
  });
});
