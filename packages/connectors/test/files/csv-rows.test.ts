import { describe, expect, it } from '@jest/globals';
import { splitRow } from '../../src/files/csv-rows.ts';

describe('a row of CSV', () => {
  it.each([
    ['a,b,c', ['a', 'b', 'c']],
    ['"a,b",c', ['a,b', 'c']],
    ['"a ""b""",', ['a "b"', '']],
    ['', ['']],
    ['"open', ['open']],
  ])('splits %j into %j', (row, fields) => {
    expect(splitRow(row, ',')).toEqual(fields);
  });
});
