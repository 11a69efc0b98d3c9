import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLines, type Line } from '../../src/files/read-lines.ts';

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const linesOf = async (chunks: Uint8Array[], maxBytes = 1000): Promise<Line[]> =>
  collect(readLines(chunks, maxBytes));

describe('readLines', () => {
  it('gives the lines of a text, wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.nat(40)), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut)));
        chunks.push(bytes.subarray(at));
        const lines = (await linesOf(chunks)).map((line) => Buffer.from(line.bytes!).toString());
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines).toEqual(expected);
      }),
    );
  });

  it('counts a line that is too long without keeping it', async () => {
    const chunks = ['ab\nto', 'o lo', 'ng\ncd\n'].map((text) => Buffer.from(text));
    expect(await linesOf(chunks, 4)).toMatchObject([
      { number: 1, sizeBytes: 2 },
      { number: 2, sizeBytes: 8 },
      { number: 3, sizeBytes: 2 },
    ]);
    expect((await linesOf(chunks, 4)).map(({ bytes }) => bytes === undefined)).toEqual([false, true, false]);
  });
});
