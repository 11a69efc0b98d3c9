import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildLexicalPlanes, readWholeLexicon } from '../../src/lexical/lexicon.ts';
import { readPostings } from '../../src/lexical/open-lexicon.ts';
import { forEachLexicalPosting } from '../../src/lexical/posting-lists.ts';
import type { Plane } from '../../src/segment/plane-reader.ts';
import { arbitraryRows, lexicalRows, planesOf, rowsOfTexts, spelledOut, zipfRows } from './lexical-rows.ts';
import { memoryPlanes } from './memory-planes.ts';
import { openedLexicon } from './opened-lexicon.ts';

const corrupt = expect.objectContaining({ code: 'SEGMENT_CORRUPT', kind: 'corrupt' });

const documentFrequencies = (rows: ReturnType<typeof spelledOut>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { frequencies } of rows)
    for (const term of Object.keys(frequencies)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
};

describe('the lexicon of a segment', () => {
  it('gives back whole what it was built from, without terms that no row has', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRows, async (input) => {
        const read = await readWholeLexicon(planesOf(input), input.rowLengths.length);
        expect(spelledOut(read)).toEqual(spelledOut(input));
        expect(read.terms).toEqual([...documentFrequencies(spelledOut(input)).keys()].sort());
      }),
      { numRuns: 60 },
    );
  });

  it('finds each term with its rows, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRows, async (input) => {
        const planes = planesOf(input);
        const rows = spelledOut(input);
        const lexicon = await openedLexicon(planes, rows.length);
        const sought = [...input.terms, '', 'abc', '\u{10ffff}'];
        const entries = await lexicon.lookUp(planes, sought);
        const frequencies = documentFrequencies(rows);
        expect(entries.map((entry) => entry?.rows)).toEqual(sought.map((term) => frequencies.get(term)));
        const known = sought.filter((_, index) => entries[index]);
        const found = entries.filter((entry) => entry !== undefined);
        const lists = await readPostings(planes, found);
        lists.forEach((bytes, index) => {
          const bounds = { rowCount: rows.length, rows: found[index]!.rows, malformed: () => new Error() };
          const postings: unknown[] = [];
          forEachLexicalPosting(bytes, bounds, (...posting) => postings.push(posting));
          const term = known[index]!;
          expect(postings).toEqual(
            rows.flatMap(({ frequencies, length }, row) =>
              frequencies[term] === undefined ? [] : [[row, frequencies[term], length]],
            ),
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['no rows', []],
    ['no terms', ['', '...']],
  ])('is empty for a segment with %s', async (_, texts) => {
    const planes = planesOf(rowsOfTexts(texts));
    const lexicon = await openedLexicon(planes, texts.length);
    expect(await lexicon.lookUp(planes, ['river'])).toEqual([undefined]);
    expect((await readWholeLexicon(planes, texts.length)).rowLengths).toEqual(new Uint32Array(texts.length));
  });

  it('is empty when the segment has no such planes', async () => {
    const lexicon = await openedLexicon(memoryPlanes([]), 0);
    expect(await lexicon.lookUp(memoryPlanes([]), ['river'])).toEqual([undefined]);
  });

  it('counts a term up to 65,535 times in a row, and keeps the length of longer rows', async () => {
    const frequencies = Uint16Array.of(65_535);
    const rows = lexicalRows(['a'], [{ terms: Uint32Array.of(0), frequencies, length: 4_000_000_000 }]);
    expect(await readWholeLexicon(planesOf(rows), 1)).toEqual(rows);
  });
});

// Of so many segments no lexicon is read whole.
const MANY = 100;

describe('reading a lexicon', () => {
  const large = planesOf(zipfRows({ terms: 100_000, rows: 5_000, length: 60 }));
  const query = ['t0x', 't5x', 'tabcx', 'tzzzx', 'missing'];

  it('of 100,000 terms takes less than 40 kB for five of them', async () => {
    large.reads.length = 0;
    const lexicon = await openedLexicon(large, 5_000, MANY);
    const entries = await lexicon.lookUp(large, query);
    expect(entries.filter(Boolean)).toHaveLength(4);
    expect(large.reads.map(({ plane }) => plane)).toEqual(['lexiconIndex', 'lexicon']);
    expect(large.reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(40_000);
  });

  it('does not read or parse again what it has looked up before', async () => {
    const lexicon = await openedLexicon(large, 5_000, MANY);
    const first = await lexicon.lookUp(large, query);
    large.reads.length = 0;
    const again = await Promise.all([lexicon.lookUp(large, query), lexicon.lookUp(large, query)]);
    expect(large.reads).toEqual([]);
    again.flat().forEach((entry, index) => expect(entry).toBe(first[index % query.length]));
  });

  it('reads a block once for searches at the same time', async () => {
    const lexicon = await openedLexicon(large, 5_000, MANY);
    large.reads.length = 0;
    await Promise.all([lexicon.lookUp(large, query), lexicon.lookUp(large, query)]);
    expect(large.reads).toHaveLength(1);
  });

  it('forgets blocks when there are many, and still finds their terms', async () => {
    const lexicon = await openedLexicon(large, 5_000, MANY);
    const all = Array.from({ length: 100_000 }, (_, id) => `t${id.toString(36)}x`);
    expect((await lexicon.lookUp(large, all)).every(Boolean)).toBe(true);
    large.reads.length = 0;
    expect((await lexicon.lookUp(large, all)).every(Boolean)).toBe(true);
    expect(large.reads[0]!.ranges).toBeGreaterThan(400);
  });

  it('of few terms takes one round trip', async () => {
    const planes = planesOf(rowsOfTexts(['rivers and lakes', 'a lake']));
    const lexicon = await openedLexicon(planes, 2);
    planes.reads.length = 0;
    expect(await lexicon.lookUp(planes, ['lake'])).toMatchObject([{ rows: 2 }]);
    expect(planes.reads).toEqual([]);
  });

  it('finds the store well again after a failure', async () => {
    const lexicon = await openedLexicon(large, 5_000, MANY);
    const ill = { ...large, ranges: () => Promise.reject(new Error('unavailable')) };
    await expect(lexicon.lookUp(ill, query)).rejects.toThrow('unavailable');
    expect((await lexicon.lookUp(large, query)).filter(Boolean)).toHaveLength(4);
  });
});

describe('a damaged lexicon', () => {
  const input = zipfRows({ terms: 8_000, rows: 500, length: 20 });
  const sound = buildLexicalPlanes(input.terms, input.rows, input.rowLengths);
  const damaged = (name: string, damage: (bytes: Uint8Array) => Uint8Array): Plane[] =>
    sound.map((plane) =>
      plane.name === name ? { name, bytes: damage(new Uint8Array(plane.bytes)) } : plane,
    );
  const flipped = (place: number) => (bytes: Uint8Array) => {
    bytes[place % bytes.length]! ^= 0x41;
    return bytes;
  };
  const readAll = async (planes: Plane[], rowCount = 500) => {
    const reader = memoryPlanes(planes);
    const lexicon = await openedLexicon(reader, rowCount);
    const entries = await lexicon.lookUp(reader, input.terms);
    await readPostings(
      reader,
      entries.filter((entry) => entry !== undefined),
    );
    return readWholeLexicon(reader, rowCount);
  };

  it.each(['lexicon', 'postings'])('is refused when a bit of plane %s is another', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (place) => {
        await expect(readAll(damaged(name, flipped(place)))).rejects.toEqual(corrupt);
      }),
      { numRuns: 20 },
    );
  });

  it('is refused when its index describes other planes', async () => {
    const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 5);
    for (const name of ['lexiconIndex', 'lexicon', 'postings'])
      await expect(readAll(damaged(name, cut))).rejects.toEqual(corrupt);
  });

  it('is refused when it speaks of rows that the segment has not', async () => {
    await expect(readAll(sound, 400)).rejects.toEqual(corrupt);
  });

  it('never does more than refuse, whatever the index and the lists say', async () => {
    const resealed = (index: Uint8Array, place: number, value: number): Plane[] => {
      const bytes = new Uint8Array(index);
      bytes[place % bytes.length] = value;
      return sound.map((plane) => (plane.name === 'lexiconIndex' ? { ...plane, bytes } : plane));
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(255), async (place, value) => {
        const outcome = await readAll(resealed(sound[0]!.bytes, place, value)).catch(
          (error: unknown) => error,
        );
        expect(outcome instanceof Error ? outcome : corrupt).toEqual(corrupt);
      }),
      { numRuns: 60 },
    );
  });

  it('never does more than refuse, whatever the bytes of a posting list are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(20), (bytes, rows) => {
        const seen: number[] = [];
        const malformed = (offset: number) => new RangeError(String(offset));
        try {
          forEachLexicalPosting(bytes, { rowCount: 50, rows, malformed }, (row) => seen.push(row));
          expect(seen).toHaveLength(rows);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
        expect(seen.every((row, index) => row < 50 && row > (seen[index - 1] ?? -1))).toBe(true);
      }),
    );
  });
});
