import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { decodeDelta, encodeDelta } from '../src/index.ts';
import type { Delta } from '../src/index.ts';
import { arbitraryDocument, chunkOf, deltaOf, documentOf } from './deltas.ts';

const withoutVectors = (delta: Delta) => ({
  ...delta,
  documents: delta.documents.map((document) => ({
    ...document,
    chunks: document.chunks.map(({ vector: _vector, ...chunk }) => chunk),
  })),
});

const vectorsOf = (delta: Delta): Float32Array[] =>
  delta.documents.flatMap(({ chunks }) => chunks.map(({ vector }) => vector));

const sample = deltaOf(3, [
  documentOf(1, {
    title: 'Größe 東京 \u{1F30A}',
    url: 'https://example.com/1',
    modified: '2024-05-01T00:00:00Z',
  }),
  documentOf(2, { deleted: true }),
  documentOf(3, { attributes: { tags: ['a', 'b'], year: 2001, open: true, name: 'x' }, chunks: 3 }),
]);

describe('delta codec', () => {
  it('gives back everything but the rounding of the vectors', () => {
    const decoded = decodeDelta(encodeDelta(sample));
    expect(withoutVectors(decoded)).toEqual(withoutVectors(sample));
    const originals = vectorsOf(sample);
    vectorsOf(decoded).forEach((vector, row) => {
      const cosine = vector.reduce((sum, value, index) => sum + value * (originals[row]?.[index] ?? 0), 0);
      expect(cosine).toBeGreaterThan(0.9999);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    });
  });

  it('gives the same bytes for what it decoded', () => {
    fc.assert(
      fc.property(fc.array(arbitraryDocument, { maxLength: 6 }), (documents) => {
        const bytes = encodeDelta(deltaOf(0, documents));
        expect(encodeDelta(decodeDelta(bytes))).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it.each([0, 1, 2, 3])('reads from any place of a larger buffer (offset %i)', (offset) => {
    const bytes = encodeDelta(sample);
    const buffer = Buffer.alloc(bytes.length + 8);
    buffer.set(bytes, offset);
    expect(decodeDelta(buffer.subarray(offset, offset + bytes.length))).toEqual(decodeDelta(bytes));
  });

  it('keeps texts with lone surrogates', () => {
    const documents = [
      { ...documentOf(1), chunks: [chunkOf('files/page#1', 0, 'half \ud83c of a pair', 5)] },
    ];
    const decoded = decodeDelta(encodeDelta(deltaOf(0, documents)));
    expect(decoded.documents[0]?.chunks[0]?.text).toBe('half \ud83c of a pair');
  });

  it('keeps only the direction of a vector', () => {
    const document = documentOf(1, { chunks: 1 });
    const long = {
      ...document,
      chunks: document.chunks.map((chunk) => ({ ...chunk, vector: chunk.vector.map((x) => x * 50) })),
    };
    const [short, scaled] = [document, long].map(
      (one) => vectorsOf(decodeDelta(encodeDelta(deltaOf(0, [one]))))[0],
    );
    expect(scaled).toEqual(short);
  });

  it('refuses every truncation', () => {
    const bytes = encodeDelta(sample);
    for (let length = 0; length < bytes.length; length += 7)
      expect(() => decodeDelta(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'DELTA_CORRUPT', kind: 'corrupt' }),
      );
  });

  it('refuses trailing bytes', () => {
    expect(() => decodeDelta(Buffer.concat([encodeDelta(sample), Buffer.from([0])]))).toThrow(/instead of/);
  });

  it('refuses every flipped bit and names plane and offset', () => {
    const bytes = encodeDelta(sample);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(() => decodeDelta(flipped)).toThrow(
          expect.objectContaining({
            kind: 'corrupt',
            details: expect.objectContaining({ plane: expect.any(String), offset: expect.any(Number) }),
          }),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('refuses a version of the future as unsupported, not as corrupt', () => {
    const bytes = encodeDelta(sample);
    const view = new DataView(bytes.buffer);
    view.setUint32(8, 2, true);
    view.setUint32(24, crc32(bytes.subarray(0, 24)), true);
    expect(() => decodeDelta(bytes)).toThrow(
      expect.objectContaining({ code: 'FORMAT_UNSUPPORTED', kind: 'invalid' }),
    );
  });

  it.each([
    ['NaN', new Float32Array(8).fill(Number.NaN)],
    ['infinity', Float32Array.from([Infinity, 0, 0, 0, 0, 0, 0, 0])],
    ['zero', new Float32Array(8)],
    ['another number of dimensions', new Float32Array(7).fill(1)],
  ])('refuses a vector with %s', (_title, vector) => {
    const document = documentOf(1, { chunks: 1 });
    const broken = { ...document, chunks: document.chunks.map((chunk) => ({ ...chunk, vector })) };
    expect(() => encodeDelta(deltaOf(0, [broken]))).toThrow(
      expect.objectContaining({ code: 'VECTOR_INVALID', kind: 'invalid' }),
    );
  });

  it('refuses a tombstone with chunks and a time that is none', () => {
    for (const document of [{ ...documentOf(1), deleted: true }, documentOf(1, { modified: 'yesterday' })])
      expect(() => encodeDelta(deltaOf(0, [document]))).toThrow(
        expect.objectContaining({ code: 'DELTA_INVALID' }),
      );
  });
});
