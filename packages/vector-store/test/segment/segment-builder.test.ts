import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { quantize } from '../../src/delta/int8-rows.ts';
import { analyze } from '../../src/lexical/analyzer.ts';
import { SegmentBuilder } from '../../src/segment/segment-builder.ts';
import { SegmentContents, termsOfRow } from '../../src/segment/segment-contents.ts';
import { parseChunk } from '../../src/segment/payload-records.ts';
import { documentOf } from '../deltas.ts';

const DIMS = 6;

const vector = fc
  .array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: DIMS, maxLength: DIMS })
  .filter((values) => values.some((value) => Math.abs(value) > 1e-6))
  .map((values) => Float32Array.from(values));

const chunk = fc.record({
  text: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('river', 'rivers', 'STONE', '東京', 'the', 'x1'))
      .map((words) => words.join(' ')),
  ),
  vector,
  keepsFloats: fc.boolean(),
});

const documents = fc.array(
  fc.record({ deleted: fc.boolean(), chunks: fc.array(chunk, { maxLength: 4 }), title: fc.string() }),
  { minLength: 1, maxLength: 12 },
);

type Documents = typeof documents extends fc.Arbitrary<infer T> ? T : never;

const shapeOf = ({ deleted, title }: Documents[number], id: number) => {
  const { chunks: _chunks, ...shape } = documentOf(id, { deleted, title });
  return shape;
};

const build = async (all: Documents): Promise<SegmentContents> => {
  const builder = new SegmentBuilder(DIMS);
  all.forEach((document, id) => {
    const rows = document.chunks.map(({ text, vector: floats, keepsFloats }, ordinal) => ({
      record: Buffer.from(JSON.stringify([`${id}:${ordinal}`, ordinal, 0, text.length, text])),
      ...quantize(floats, DIMS),
      ...(keepsFloats && { floats }),
      terms: builder.termsOf(text),
    }));
    builder.addDocument(shapeOf(document, id), document.deleted ? [] : rows);
  });
  return new SegmentContents((await builder.finish()).bytes, DIMS);
};

const countsOf = (terms: readonly string[]): Record<string, number> =>
  terms.reduce<Record<string, number>>(
    (counts, term) => ({ ...counts, [term]: (counts[term] ?? 0) + 1 }),
    {},
  );

describe('a segment', () => {
  it('gives back every document, and its chunks in order', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const contents = await build(all);
        expect(contents.documents).toBe(all.length);
        all.forEach((document, id) => {
          const { record, rows } = contents.document(id);
          expect(record).toEqual(JSON.parse(JSON.stringify(shapeOf(document, id))));
          const texts = rows.map((row) => parseChunk(row.record)[4]);
          expect(texts).toEqual(document.deleted ? [] : document.chunks.map(({ text }) => text));
        });
      }),
      { numRuns: 40 },
    );
  });

  it('gives back vectors as they were quantized, and floats exactly where one was kept', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const contents = await build(all);
        const living = all.filter(({ deleted }) => !deleted).flatMap(({ chunks }) => chunks);
        const isKept = living.some(({ keepsFloats }) => keepsFloats);
        all.forEach((document, id) => {
          contents.document(id).rows.forEach(({ row }, ordinal) => {
            const given = document.chunks[ordinal]!;
            const { components, scale, floats } = contents.vector(row);
            expect({ components: components.slice(), scale }).toEqual(quantize(given.vector, DIMS));
            expect(floats !== undefined).toBe(isKept);
            if (given.keepsFloats) expect(Array.from(floats!)).toEqual(Array.from(given.vector));
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('gives back the terms of every row', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const contents = await build(all);
        const lexicon = await contents.lexicon();
        all.forEach((document, id) => {
          contents.document(id).rows.forEach(({ row }, ordinal) => {
            const { terms, frequencies, length } = termsOfRow(lexicon, row);
            const found = Object.fromEntries(
              Array.from(terms, (term, index) => [lexicon.terms[term] ?? '', frequencies[index] ?? 0]),
            );
            const expected = analyze(document.chunks[ordinal]!.text);
            expect(found).toEqual(countsOf(expected));
            expect(length).toBe(expected.length);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('is the same bytes for the same documents', async () => {
    const bytes = async () => {
      const builder = new SegmentBuilder(DIMS);
      builder.addDocument(shapeOf({ deleted: false, chunks: [], title: 'One' }, 1), []);
      return Buffer.from((await builder.finish()).bytes);
    };
    expect((await bytes()).equals(await bytes())).toBe(true);
  });
});
