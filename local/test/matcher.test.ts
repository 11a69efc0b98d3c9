import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { flattenEvent } from '../src/events/event-fields.ts';
import { compileEventPattern } from '../src/events/event-pattern.ts';
import { INVALID_PATTERNS, PATTERN_CASES } from './matcher-cases.ts';

const textOf = (pattern: unknown): string =>
  typeof pattern === 'string' ? pattern : JSON.stringify(pattern);

const matches = (pattern: unknown, event: unknown): boolean =>
  compileEventPattern(textOf(pattern)).matches(flattenEvent(event));

/** The verdict in the form recorded from AWS's engine. */
const verdict = (pattern: unknown, event: unknown): boolean | 'invalid' => {
  try {
    return matches(pattern, event);
  } catch (error) {
    if ((error as { code?: string }).code === 'INVALID_EVENT_PATTERN') return 'invalid';
    throw error;
  }
};

describe('an event pattern', () => {
  it.each(PATTERN_CASES)('%s', (_fact, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  it.each(INVALID_PATTERNS)('%j is refused: %s', (pattern, reason) => {
    expect(() => matches(pattern, {})).toThrow(
      expect.objectContaining({
        code: 'INVALID_EVENT_PATTERN',
        message: expect.stringMatching(/^Event pattern is not valid. Reason: /),
      }),
    );
    expect(() => matches(pattern, {})).toThrow(reason);
  });

  it('is not slowed down by long texts of stars and repetitions', () => {
    const pattern = { a: [{ wildcard: `${'*a'.repeat(50)}*b` }] };
    expect(matches(pattern, { a: 'a'.repeat(100_000) })).toBe(false);
  });

  it('is not slowed down by many values of many plain fields', () => {
    const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const event = Object.fromEntries(
      names.map((name) => [name, Array.from({ length: 50 }, (_, index) => index)]),
    );
    const pattern = Object.fromEntries(names.map((name) => [name, [{ numeric: ['>=', 0] }]]));
    expect(matches({ ...pattern, last: ['absent'] }, event)).toBe(false);
  });
});

const conformance = new URL('../../../shared/data/conformance/', import.meta.url);
const isRecorded = existsSync(conformance);
const load = (name: string): unknown => JSON.parse(readFileSync(new URL(name, conformance), 'utf8'));
const recorded = isRecorded ? describe : describe.skip;
if (!isRecorded) console.warn(`Skipped: no verdicts of AWS's engine in ${conformance.pathname}`);

interface Recorded {
  pairs: { rule: unknown; event: unknown; match: boolean }[];
  correctness_cases: { rule: unknown; event: unknown; match: boolean }[];
  machines: { rules: Record<string, unknown[]>; event: unknown; matched: string[] }[];
  rule_validity: { rule_text: string; valid: boolean }[];
}

recorded("verdicts recorded from AWS's engine", () => {
  it('are the same for generated patterns and events', () => {
    const rows = load('event-pattern-verdicts.json') as {
      pattern: unknown;
      event: unknown;
      expected: boolean | 'invalid';
    }[];
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ pattern, event, expected }) => verdict(pattern, event) !== expected)).toEqual([]);
  });

  it('are the same for the cases of its own tests', () => {
    const cases = load('event-patterns.json') as Recorded;
    const pairs = [...cases.pairs, ...cases.correctness_cases];
    expect(pairs.filter(({ rule, event, match }) => verdict(rule, event) !== match)).toEqual([]);
    const namesOf = ({ rules, event }: Recorded['machines'][number]) =>
      Object.keys(rules).filter((name) => rules[name]?.some((rule) => verdict(rule, event) === true));
    const differing = cases.machines.filter(
      (machine) => namesOf(machine).sort().join() !== [...machine.matched].sort().join(),
    );
    expect(differing).toEqual([]);
    const validity = cases.rule_validity.filter(
      ({ rule_text, valid }) => (verdict(rule_text, {}) !== 'invalid') !== valid,
    );
    expect(validity).toEqual([]);
  });
});
