import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { judge } from '../runner/judge.ts';
import { parseMutation, PROMISES, readMutations } from '../runner/read-mutations.ts';

const SERVICES = new URL('../../../services/', import.meta.url);
const mutations = readMutations();

describe('the planted faults', () => {
  it.each(PROMISES)('break the promise %s', (promise) => {
    expect(mutations.some((mutation) => mutation.promise === promise)).toBe(true);
  });

  const services = readdirSync(SERVICES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  it.each(services.map(({ name }) => name))('hit the service %s', (name) => {
    expect(mutations.some(({ hits }) => hits === `services/${name}`)).toBe(true);
  });

  it('are numbered from 1 without a gap', () => {
    const numbers = mutations.map(({ name }) => Number(name.slice(0, 2)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

const PATCH = `promise: wiring
hits: services/chunk
fault: The rule waits for nothing
tests: contracts-test/wiring.test.ts
fails: lets through
regenerate: true

diff --git a/one b/one
no header: here
`;

describe('the header of a patch', () => {
  it('ends where the diff begins', () => {
    expect(parseMutation('01-deaf-rule.patch', PATCH)).toMatchObject({
      name: '01-deaf-rule',
      promise: 'wiring',
      tests: ['contracts-test/wiring.test.ts'],
      fails: 'lets through',
      regenerate: true,
    });
  });

  it.each([
    ['1-deaf-rule.patch', PATCH, 'is not named'],
    ['01-deaf-rule.patch', PATCH.replace('wiring', 'weaving'), 'no promise "weaving"'],
    ['01-deaf-rule.patch', PATCH.replace(/^fails.*\n/m, ''), 'does not say "fails:"'],
    ['01-deaf-rule.patch', `Some words\n${PATCH}`, '"Some words" is no line of a header'],
  ])('is refused with a reason: %#', (file, text, reason) => {
    expect(() => parseMutation(file, text)).toThrow(reason);
  });
});

describe('a planted fault', () => {
  const fails = 'lets through';
  const [named, other] = ['chunk lets through nothing', 'chunk has roles'];

  it.each([
    ['is caught by the test that is named', [{ failed: [named], passed: [other] }], true],
    ['is missed when all tests pass', [{ failed: [], passed: [named, other] }], false],
    ['is missed when only other tests fail', [{ failed: [other], passed: [named] }], false],
    ['is missed when the file falls as a whole', [{ failed: [named, other], passed: [] }], false],
    ['is missed when the file does not load', [{ failed: [], passed: [], broken: 'SyntaxError' }], false],
    [
      'is missed when another file does not load',
      [
        { failed: [named], passed: [other] },
        { failed: [], passed: [], broken: 'SyntaxError' },
      ],
      false,
    ],
  ])('%s', (_, reports, caught) => {
    expect(judge({ fails }, reports).caught).toBe(caught);
  });
});
