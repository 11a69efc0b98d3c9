import fc from 'fast-check';
import type { DeltaDocument } from '../../src/index.ts';
import { documentOf } from '../deltas.ts';

export const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export async function* stream<T>(items: Iterable<T>): AsyncIterable<T> {
  for (const item of items) yield item;
}

/** Any finite f32 but zero, subnormal ones and whole powers of two included. */
const component = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1), max: 1 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
);

const vector = fc
  .float32Array({ minLength: 8, maxLength: 8, noNaN: true, noDefaultInfinity: true })
  .chain((values) =>
    fc
      .array(component, { minLength: 8, maxLength: 8 })
      .map((more) => values.map((value, index) => (index % 2 === 0 ? value : more[index]!))),
  )
  .filter((values) => values.some((value) => value !== 0));

const attribute = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.array(fc.string()),
);

const time = fc.oneof(
  fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '2024-05-01',
    '2024-05-01T00:00:00Z',
    '2024-05-01T10:00:00+02:00',
    '1969-12-31T23:59:59.123456Z',
  ),
);

const arbitraryDocument = fc.record(
  {
    title: fc.string({ unit: 'binary' }),
    url: fc.string(),
    modified: time,
    attributes: fc.dictionary(fc.string(), attribute, { maxKeys: 3 }),
    sequence: fc.nat(),
    deleted: fc.boolean(),
    chunks: fc.array(
      fc.record(
        { text: fc.string({ unit: 'grapheme' }), vector, keepsFloats: fc.constant(true) },
        { requiredKeys: ['text', 'vector'] },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['title', 'attributes', 'sequence', 'deleted', 'chunks'] },
);

/** Documents of all kinds: with and without chunks, deleted, with odd texts. */
export const arbitraryDocuments: fc.Arbitrary<DeltaDocument[]> = fc
  .array(arbitraryDocument, { maxLength: 6 })
  .map((parts) =>
    parts.map(({ chunks, deleted, sequence, ...rest }, id) => ({
      ...documentOf(id, { sequence, deleted, chunks: 0, ...rest }),
      chunks: deleted
        ? []
        : chunks.map((chunk, ordinal) => ({
            ...chunk,
            chunkId: `chunk-${id}-${ordinal}`,
            ordinal,
            start: ordinal * 10,
            end: ordinal * 10 + 7,
          })),
    })),
  );
