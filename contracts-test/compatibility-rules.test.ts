import { describe, expect, it } from '@jest/globals';
import { compareSchemas, isBreaking } from '@alluvium/schema-diff';
import { hurtByJsoncompat, hurtByValues, type Visible } from './support/generative-check.ts';
import { knownChanges } from './support/schema-changes.ts';

const SAMPLES = 50;

/** Where jsoncompat 0.4.2 is of another opinion, and why ours stands. */
const otherwise: Record<string, { hurt: Visible[]; why: string }> = {
  'adds a format': { hurt: [], why: 'it takes a format for an annotation; our validators check it' },
  'changes a format': { hurt: [], why: 'it takes a format for an annotation; our validators check it' },
  'declares a property of a free map': { hurt: [], why: 'it holds any new optional property to be safe' },
  'writes a narrowing out': {
    hurt: ['new-readers'],
    why: 'it does not see through allOf and errs on the safe side',
  },
};

describe.each(knownChanges)('a schema that $title', ({ title, old, now, breaks, witness }) => {
  const visible = breaks.filter((hurt) => hurt !== 'meaning');

  it(`breaks ${breaks.length === 0 ? 'nobody' : breaks.join(', ')}`, () => {
    const found = compareSchemas(old, now).filter(isBreaking);
    expect([...new Set(found.flatMap((change) => change.breaks))].sort()).toEqual([...breaks].sort());
  });

  it('does to written values what the rule says', () => {
    const trial = { count: SAMPLES, extra: witness === undefined ? [] : [witness] };
    expect(hurtByValues(old, now, trial)).toEqual(visible);
  });

  const other = otherwise[title];
  const verdict = other === undefined ? 'alike' : `otherwise, for ${other.why},`;
  it(`is judged ${verdict} by jsoncompat`, () => {
    expect(hurtByJsoncompat(old, now)).toEqual(other?.hurt ?? visible);
  });
});
