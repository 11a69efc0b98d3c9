import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeText } from '../src/index.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('decodeText', () => {
  it('returns any UTF-8 text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeText(encode(text))).toBe(text);
      }),
    );
  });

  it('strips one byte order mark', () => {
    expect(decodeText(bytes(0xef, 0xbb, 0xbf, 0x61))).toBe('a');
  });

  it.each<[string, Uint8Array, number]>([
    ['Latin-1', bytes(0x63, 0x61, 0x66, 0xe9, 0x20), 3],
    ['a cut character at the end', encode('ab東').subarray(0, 4), 2],
    ['a surrogate', bytes(0x61, 0xed, 0xa0, 0x80), 1],
    ['a wrong byte after a written replacement character', bytes(0xef, 0xbf, 0xbd, 0xff), 3],
    ['UTF-16', bytes(0xff, 0xfe, 0x61, 0), 0],
  ])('refuses %s and names the offset', (_name, input, offset) => {
    expect(() => decodeText(input)).toThrow(
      expect.objectContaining({
        code: 'NOT_UTF8',
        kind: 'invalid',
        details: expect.objectContaining({ offset }),
      }),
    );
  });

  it.each([
    ['a NUL byte', encode('text\u0000text')],
    ['many control characters', encode('\u0001\u0002text\u0003')],
  ])('refuses %s as binary', (_name, input) => {
    expect(() => decodeText(input)).toThrow(expect.objectContaining({ code: 'NOT_TEXT', kind: 'invalid' }));
  });

  it('allows a form feed among much text', () => {
    const text = `${'page '.repeat(30)}\f${'page '.repeat(30)}`;
    expect(decodeText(encode(text))).toBe(text);
  });
});
