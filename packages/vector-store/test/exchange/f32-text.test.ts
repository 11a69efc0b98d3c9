import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { f32Text } from '../../src/exchange/f32-text.ts';

const f32 = fc.integer({ min: 0, max: 0xffffffff }).map((bits) => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  return view.getFloat32(0);
});

/** Significant digits of a number's text. */
const digitsOf = (text: string): number =>
  text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length;

describe('text of an f32', () => {
  it('is a JSON number that rounds to the same f32', () => {
    fc.assert(
      fc.property(f32.filter(Number.isFinite), (value) => {
        expect(Math.fround(JSON.parse(f32Text(value)) as number)).toBe(value);
      }),
      { numRuns: 3000 },
    );
  });

  it('has no more digits than are needed', () => {
    fc.assert(
      fc.property(
        fc.oneof(f32.filter(Number.isFinite), fc.float({ min: -1, max: 1, noNaN: true })),
        (value) => {
          const enough = [1, 2, 3, 4, 5, 6, 7, 8, 9].find(
            (digits) => Math.fround(Number(value.toPrecision(digits))) === value,
          );
          expect(digitsOf(f32Text(value))).toBeLessThanOrEqual(enough!);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-0.5, '-0.5'],
    [Math.fround(0.1), '0.1'],
    [Math.fround(1e-7), '1e-7'],
    [2 ** -149, '1e-45'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [16777216, '16777216'],
  ])('of %d is %s', (value, text) => {
    expect(f32Text(value)).toBe(text);
  });
});
