import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeQuery, encodeRows, rotationOf } from '../src/kernel/binary-codes.ts';
import { vectorKernel } from '../src/kernel/choose-kernel.ts';
import { integerQuery } from '../src/kernel/integer-query.ts';
import { javascriptKernel } from '../src/kernel/javascript-kernel.ts';
import { BLOCK_ROWS, blockBytes, SCAN_BATCH, type Int8Rows } from '../src/kernel/vector-kernel.ts';
import { wasmKernel } from '../src/kernel/wasm-kernel.ts';
import { bytesOf } from '../src/bytes/typed-bytes.ts';
import { vectorOf } from './deltas.ts';

const KERNELS = [javascriptKernel, wasmKernel];

const dims = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(64, 384, 385, 1024, 4095, 4096));
const seed = fc.nat(1_000_000);

const floatsOf = (rows: number, width: number, from: number): Float32Array => {
  const floats = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) floats.set(vectorOf(from + row, width), row * width);
  return floats;
};

const quantized = (vectors: Float32Array, width: number): Int8Rows => {
  const into = {
    components: new Int8Array(vectors.length),
    scales: new Float32Array(vectors.length / width),
  };
  expect(wasmKernel.quantize(vectors, width, into)).toBe(into.scales.length);
  return into;
};

/** The same rows with 28 other bytes after each. */
const apart = ({ components, scales }: Int8Rows, width: number): Int8Rows => {
  const stride = width + 28;
  const spread = new Int8Array(scales.length * stride).fill(99);
  for (let row = 0; row < scales.length; row += 1)
    spread.set(components.subarray(row * width, (row + 1) * width), row * stride);
  return { components: spread, scales, stride };
};

/** The same rows in memory of the kernel; large enough that it takes them. */
const inPlace = ({ components, ...rest }: Int8Rows): Int8Rows => {
  const bytes = wasmKernel.allocate(Math.max(1_000_000, components.length));
  const moved = new Int8Array(bytes.buffer, bytes.byteOffset, components.length);
  moved.set(components);
  return { components: moved, ...rest };
};

const dot = (left: ArrayLike<number>, right: ArrayLike<number>, at: number): number => {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[at + index] ?? 0);
  return sum;
};

describe('the kernel', () => {
  it('is the compiled one on this runtime', () => {
    expect(vectorKernel().name).toBe('wasm-simd');
  });

  it('multiplies int8 rows exactly, wherever they lie', () => {
    const components = fc.oneof(fc.integer({ min: -128, max: 127 }), fc.constantFrom(-128, 127));
    fc.assert(
      fc.property(
        dims,
        fc.integer({ min: 1, max: 9 }),
        seed,
        fc.infiniteStream(components),
        (width, count, from, stream) => {
          const rows = {
            components: Int8Array.from({ length: count * width }, () => stream.next().value as number),
            scales: floatsOf(1, count, from).map((value) => value + 2),
          };
          const query = integerQuery(Float64Array.from(vectorOf(from, width))).components;
          const expected = Array.from(rows.scales, (scale, row) =>
            Math.fround(Math.fround(dot(query, rows.components, row * width)) * scale),
          );
          const order = Uint32Array.from({ length: count }, (_, index) => (index * 7) % count);
          const layouts = [rows, apart(rows, width)].flatMap((layout) => [layout, inPlace(layout)]);
          const scans = KERNELS.flatMap((kernel) => layouts.map((layout) => kernel.scan(query, layout)));
          for (const scan of scans) {
            expect([...scan.score(0, count)]).toEqual(expected);
            expect([...scan.score(count - 1, 1)]).toEqual(expected.slice(-1));
            expect([...scan.scoreAt(order)]).toEqual([...order].map((row) => expected[row]));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stays within i32 for the largest components that a query can have', () => {
    for (const width of [1, 384, 4096]) {
      const query = integerQuery(new Float64Array(width).fill(1 / Math.sqrt(width))).components;
      const rows = { components: new Int8Array(width).fill(-128), scales: Float32Array.of(1) };
      const expected = Math.fround(dot(query, rows.components, 0));
      expect(expected).toBeLessThan(0);
      for (const kernel of KERNELS) expect(kernel.scan(query, rows).score(0, 1)[0]).toBe(expected);
    }
  });

  it('copies rows of JavaScript in as many blocks as it takes', () => {
    const [width, count] = [1024, 1100];
    const rows = quantized(floatsOf(count, width, 1), width);
    const query = integerQuery(Float64Array.from(vectorOf(5, width))).components;
    const expected = javascriptKernel.scan(query, rows).score(3, count - 3);
    expect(wasmKernel.scan(query, rows).score(3, count - 3)).toEqual(expected);
  });

  it('finds the scores at and beyond two bounds', () => {
    const width = 4;
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ noNaN: true }),
        fc.double({ noNaN: true }),
        (from, count, low, high) => {
          const rows = quantized(floatsOf(count, width, from), width);
          const query = Int16Array.of(1, 2, -3, 0);
          const found = KERNELS.map((kernel) => {
            const scan = kernel.scan(query, rows);
            const scores = [...scan.score(0, count)];
            // Among the bounds are scores themselves.
            const bounds = [low, high, scores[0] ?? 0, Infinity, -Infinity];
            return bounds.flatMap((least) =>
              bounds.map((most) => {
                const places = [...scan.beyond(least, most)];
                const isBeyond = (score: number) => score <= Math.fround(least) || score >= Math.fround(most);
                expect(places).toEqual([...scores.keys()].filter((place) => isBeyond(scores[place] ?? 0)));
                return places;
              }),
            );
          });
          expect(found[1]).toEqual(found[0]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('rounds a query so that no unit row scores further off than the margin', () => {
    fc.assert(
      fc.property(dims, seed, (width, from) => {
        const unit = Float64Array.from(vectorOf(from, width));
        const { components, step, margin } = integerQuery(unit);
        const rows = quantized(floatsOf(20, width, from), width);
        const scores = wasmKernel.scan(components, rows).score(0, 20);
        scores.forEach((score, row) => {
          const exact = dot(unit, rows.components, row * width) * (rows.scales[row] ?? 0);
          expect(Math.abs(score * step - exact)).toBeLessThanOrEqual(margin);
        });
        expect(margin).toBeLessThan(1e-3);
      }),
    );
  });

  it('multiplies f32 rows the same in both kernels, within rounding of f64', () => {
    fc.assert(
      fc.property(dims, fc.integer({ min: 1, max: 5 }), seed, (width, count, from) => {
        const rows = floatsOf(count, width, from);
        const query = vectorOf(from + 3, width);
        const [left, right] = KERNELS.map((kernel) => {
          const scores = new Float32Array(count);
          kernel.scoreF32(query, rows, scores);
          return scores;
        });
        expect(right).toEqual(left);
        left?.forEach((score, row) => {
          expect(Math.abs(score - dot(query, rows, row * width))).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('scores more f32 rows than a batch holds', () => {
    const [width, count] = [3, SCAN_BATCH + 5];
    const rows = floatsOf(count, width, 1);
    const [left, right] = [new Float32Array(count), new Float32Array(count)];
    javascriptKernel.scoreF32(vectorOf(1, width), rows, left);
    wasmKernel.scoreF32(vectorOf(1, width), rows, right);
    expect(right).toEqual(left);
  });
});

describe('quantization by the kernel', () => {
  const into = (count: number, width: number): Int8Rows => ({
    components: new Int8Array(count * width),
    scales: new Float32Array(count),
  });

  it('gives the bits that JavaScript gives', () => {
    const value = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      // Halves, where rounding decides.
      fc.integer({ min: -254, max: 254 }).map((twice) => twice / 2),
    );
    const arrays = fc.array(value, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(arrays, fc.boolean(), (values, isScaled) => {
        const vector = Float32Array.from(isScaled ? [...values, 127] : values);
        const [left, right] = [into(1, vector.length), into(1, vector.length)];
        const done = javascriptKernel.quantize(vector, vector.length, left);
        expect(wasmKernel.quantize(vector, vector.length, right)).toBe(done);
        if (done === 1) expect(right).toEqual(left);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [3, 5000],
    [384, 700],
    [4096, 40],
  ])('quantizes rows of %i dims in as many blocks as it takes', (width, count) => {
    const vectors = floatsOf(count, width, 9);
    const [left, right] = [into(count, width), into(count, width)];
    javascriptKernel.quantize(vectors, width, left);
    expect(wasmKernel.quantize(vectors, width, right)).toBe(count);
    expect(Buffer.compare(bytesOf(right.components), bytesOf(left.components))).toBe(0);
    expect(right.scales).toEqual(left.scales);
  });

  it.each([
    ['zero', 0],
    ['infinite', -Infinity],
    ['no number', NaN],
  ])('stops at the row that is %s', (_name, value) => {
    for (const kernel of KERNELS) {
      const vectors = floatsOf(300, 5, 1);
      if (value === 0) vectors.fill(0, 251 * 5, 252 * 5);
      else vectors[251 * 5 + 2] = value;
      expect(kernel.quantize(vectors, 5, into(300, 5))).toBe(251);
    }
  });
});

describe('1-bit codes', () => {
  const width = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(64, 384, 1030));

  it('are the same from both kernels, and so are their scores', () => {
    fc.assert(
      fc.property(width, fc.integer({ min: 1, max: 70 }), seed, (size, count, from) => {
        const space = {
          mean: vectorOf(from, size).map((value) => value / 3),
          rotation: rotationOf(size, from),
        };
        const rows = floatsOf(count, size, from);
        const [left, right] = KERNELS.map((kernel) => {
          const blocks = encodeRows(kernel, rows, space);
          const query = codeQuery(kernel, vectorOf(from + 1, size), space);
          const scores = new Float32Array(count);
          kernel.scoreCodes(query, blocks, scores);
          return { blocks, query, scores };
        });
        expect(right).toEqual(left);
      }),
      { numRuns: 40 },
    );
  });

  it('sum without overflow at 4096 dims, and in memory of the kernel', () => {
    const [size, count] = [4096, 70];
    const space = { mean: new Float32Array(size), rotation: rotationOf(size, 3) };
    const blocks = encodeRows(wasmKernel, floatsOf(count, size, 1), space);
    const home = wasmKernel.allocate(1_000_000).subarray(3, 3 + blocks.length);
    home.set(blocks);
    // One bright component makes the table as steep as it gets.
    const query = codeQuery(wasmKernel, new Float32Array(size).fill(1), space);
    const [left, right, third] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
    javascriptKernel.scoreCodes(query, blocks, left);
    wasmKernel.scoreCodes(query, blocks, right);
    wasmKernel.scoreCodes(query, home, third);
    expect(right).toEqual(left);
    expect(third).toEqual(left);
  });

  it('rotate without changing lengths and angles', () => {
    fc.assert(
      fc.property(width, seed, (size, from) => {
        const rotation = rotationOf(size, from);
        const [left, right] = [from, from + 1].map((one) => {
          const padded = new Float32Array(rotation.dims);
          padded.set(vectorOf(one, size));
          return padded;
        }) as [Float32Array, Float32Array];
        const before = [dot(left, left, 0), dot(left, right, 0)];
        for (const vector of [left, right]) wasmKernel.rotate(vector, rotation);
        expect(dot(left, left, 0)).toBeCloseTo(before[0] ?? 0, 4);
        expect(dot(left, right, 0)).toBeCloseTo(before[1] ?? 0, 4);
      }),
    );
  });

  it('estimate the dot product well enough to find nine of ten neighbours among ten times as many rows', () => {
    const [size, count] = [384, 1200];
    // Rows around 40 centres.
    const rows = floatsOf(count, size, 10_000);
    for (let row = 0; row < count; row += 1)
      vectorOf(row % 40, size).forEach((value, index) => {
        rows[row * size + index] = (rows[row * size + index] ?? 0) + value;
      });
    const mean = Float32Array.from({ length: size }, (_, index) => {
      let sum = 0;
      for (let row = 0; row < count; row += 1) sum += rows[row * size + index] ?? 0;
      return sum / count;
    });
    const space = { mean, rotation: rotationOf(size, 42) };
    const blocks = encodeRows(wasmKernel, rows, space);
    expect(blocks).toHaveLength(Math.ceil(count / BLOCK_ROWS) * blockBytes(size));
    let found = 0;
    for (let asked = 0; asked < 10; asked += 1) {
      const query = vectorOf(asked, size).map(
        (value, index) => value + vectorOf(asked + 50_000, size)[index]! / 2,
      );
      const scores = new Float32Array(count);
      wasmKernel.scoreCodes(codeQuery(wasmKernel, query, space), blocks, scores);
      const exact = Float32Array.from(scores, (_, row) => dot(query, rows, row * size));
      const best = (values: Float32Array, k: number) =>
        [...values.keys()].sort((one, other) => values[other]! - values[one]!).slice(0, k);
      const kept = new Set(best(scores, 100));
      found += best(exact, 10).filter((row) => kept.has(row)).length;
    }
    expect(found / 100).toBeGreaterThan(0.9);
  });
});
