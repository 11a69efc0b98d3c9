import { describe, expect, it } from '@jest/globals';
import { commandOf, curlOf, readState, requestOf, writeState } from '../src/views/search/search-state.ts';

const state = readState(
  new URLSearchParams(
    'q=it%27s+sand&collection=notes&k=500&f=year>%3D2024&f=year<2026&f=topic~river,wind&f=code%3D"007"',
  ),
);

describe('a search in the address', () => {
  it('is written as it was read', () => {
    expect(readState(new URLSearchParams(writeState(state)))).toEqual(state);
  });

  it('leaves out what goes without saying', () => {
    expect(writeState(readState(new URLSearchParams('')))).toBe('');
  });

  it('becomes a request with typed conditions, bounds together, and at most as many results as can be explained', () => {
    expect(requestOf(state)).toMatchObject({
      ...{ q: "it's sand", collection: 'notes', k: 100, explain: true },
      filters: {
        attributes: { year: { gte: 2024, lt: 2026 }, topic: ['river', 'wind'], code: '007' },
      },
    });
  });

  it('asks for no recall of words and no fusion of one list', () => {
    const lexical = requestOf({ ...state, mode: 'lexical' });
    expect(lexical).not.toHaveProperty('recall');
    expect(lexical).not.toHaveProperty('fusion');
  });

  it('is quoted for a shell', () => {
    expect(commandOf(state)).toContain(`npx alluvium search 'it'\\''s sand' -c 'notes'`);
    expect(commandOf(state)).toContain(`--filter 'topic in river,wind'`);
    expect(curlOf('http://127.0.0.1:1', state)).toContain(`curl 'http://127.0.0.1:1/retrieve'`);
  });
});
