import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { findCodes } from '../tools/error-codes/find-codes.ts';
import { readSources } from '../tools/error-codes/read-sources.ts';

const text = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');

const rowsUnder = (heading: string): string[][] => {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| *([A-Z][A-Z0-9_]*) *\|(.*)\|$/gm)].map(([, code, rest]) => [
    code!,
    ...rest!.split('|').map((cell) => cell.trim()),
  ]);
};

const thrown = rowsUnder('Thrown');
const reported = rowsUnder('Reported');
const rows = [...thrown, ...reported];
const uses = findCodes(readSources());
const isComputed = ({ code }: { code: string }): boolean => code.includes('*');
const literals = uses.filter((use) => !isComputed(use));
const patterns = uses.filter(isComputed).map(({ code }) => new RegExp(`^${code.replaceAll('*', '[A-Z]+')}$`));

describe('docs/errors.md', () => {
  it('lists every code that the source names', () => {
    const listed = rows.map(([code]) => code);
    expect(literals.filter(({ code }) => !listed.includes(code))).toEqual([]);
    for (const pattern of patterns) expect(listed).toContainEqual(expect.stringMatching(pattern));
  });

  it('lists no code that the source does not name', () => {
    const named = new Set(literals.map(({ code }) => code));
    const isNamed = (code: string): boolean =>
      named.has(code) || patterns.some((pattern) => pattern.test(code));
    expect(rows.map(([code]) => code!).filter((code) => !isNamed(code))).toEqual([]);
  });

  it('lists each code once, in alphabetical order', () => {
    for (const table of [thrown, reported]) {
      const codes = table.map(([code]) => code);
      expect(codes).toEqual([...new Set(codes)].sort());
    }
    expect(new Set(rows.map(([code]) => code)).size).toBe(rows.length);
  });

  it.each(thrown)('gives %s the kinds that the source gives it: %s', (code, kinds) => {
    const given = [...new Set(literals.flatMap((use) => (use.code === code ? [use.kind ?? ''] : [])))];
    const known = given.filter((kind) => kind !== '').sort();
    const listed = kinds.split(', ').sort();
    // A code whose kind is set elsewhere is known by its table alone.
    if (known.length > 0) expect(listed).toEqual(known);
    else
      for (const kind of listed)
        expect(kind).toMatch(/^(?:invalid|conflict|unavailable|corrupt|fenced|internal)$/);
  });

  it.each(reported)('says of %s, which is never thrown, where it is met: %s', (code, where) => {
    expect(literals.filter((use) => use.code === code && use.kind !== undefined)).toEqual([]);
    expect(where).not.toBe('');
  });

  it('says in one line what to do about each', () => {
    for (const [code, , advice] of rows)
      expect([code, advice]).toEqual([code, expect.stringMatching(/^[A-Z].{5,150}\.$/)]);
  });
});

describe('the search for codes', () => {
  const found = (source: string): string[] =>
    findCodes({ 'a.ts': source }).map(({ code, kind = '-' }) => `${code} ${kind}`);

  it.each([
    ["new PipelineError('m', { code: 'A_B', kind: 'invalid' })", ['A_B invalid']],
    ["f({ code: x ? 'A_B' : 'C_D', kind: x ? 'invalid' : 'corrupt' })", ['A_B invalid', 'C_D corrupt']],
    [
      "const refuse = (m: string, code: string) => f({ code, kind: 'invalid' }); refuse('m', 'A_B')",
      ['A_B invalid'],
    ],
    [
      "const refuse = (m: string, code = 'A_B') => f({ code, kind: 'invalid' }); refuse('m')",
      ['A_B invalid'],
    ],
    ["f({ code: `${name}_CORRUPT`, kind: 'corrupt' })", ['*_CORRUPT corrupt']],
    ["f({ name: 'A_B' }); g('C_D')", []],
  ])('finds in %s: %j', (source, codes) => {
    expect(found(source)).toEqual(codes);
  });

  it('follows a function that takes a code into other files', () => {
    const sources = {
      'a.ts': "export const refuse = (code: string) => f({ code, kind: 'fenced' });",
      'b.ts': "import { refuse } from './a.ts'; refuse('A_B');",
    };
    expect(findCodes(sources)).toEqual([{ code: 'A_B', kind: 'fenced', at: 'b.ts:1' }]);
  });
});
