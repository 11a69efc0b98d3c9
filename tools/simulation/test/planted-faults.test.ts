import { describe, expect, it } from '@jest/globals';
import { parseFault, readFaults } from '../planted-faults.ts';

const faults = readFaults();
/** All but S7, of which no fault is planted. */
const NUMBERED = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

describe('the planted faults', () => {
  it.each([...NUMBERED.map((number) => `S${number}`), 'LIVENESS'])('break %s', (invariant) => {
    expect(faults.some(({ breaks }) => breaks.includes(invariant))).toBe(true);
  });

  it('are numbered from 1 without a gap', () => {
    const numbers = faults.map(({ name }) => Number(name.slice(0, 2)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

describe('the header of a patch', () => {
  const patch = 'breaks: S1 S2\nfault: HEAD is lost\n\ndiff --git a/one b/one\nno header: here\n';

  it('says which invariants it breaks', () => {
    expect(parseFault('01-lost-head.patch', patch)).toMatchObject({
      name: '01-lost-head',
      breaks: ['S1', 'S2'],
      fault: 'HEAD is lost',
    });
  });

  it('is refused without them', () => {
    const text = patch.replace(/^breaks.*\n/, '');
    expect(() => parseFault('01-lost-head.patch', text)).toThrow('does not say "breaks:"');
  });
});
