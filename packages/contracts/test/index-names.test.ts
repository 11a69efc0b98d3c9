import { describe, expect, it } from '@jest/globals';
import { indexNamesOf } from '../src/index-names.ts';

describe('the names that a collection is indexed under', () => {
  it.each([
    [undefined, ['docs']],
    [{}, ['docs']],
    [{ candidates: ['docs--2'] }, ['docs', 'docs--2']],
    [{ indexName: 'docs--2', candidates: ['docs--3', 'docs--2'] }, ['docs--2', 'docs--3']],
  ])('of %j are %j', (document, names) => {
    expect(indexNamesOf('docs', document)).toEqual(names);
  });
});
