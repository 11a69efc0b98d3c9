import { describe, expect, it } from '@jest/globals';
import type { VersionFacts } from '../facts.ts';
import {
  closureIsThere,
  nothingIsLeft,
  nothingNeededGoes,
  pastStays,
  type Deletion,
  type PastLook,
} from '../invariants/history.ts';
import { brokenOf, retainedVersions } from '../retained.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 10, 12);

const version = (hoursAgo: number, named: [string, number][] = []): VersionFacts => ({
  ...{ chunkIds: [], applied: new Map(), reverted: new Set(), named: new Map(named) },
  createdAtMs: NOW_MS - hoursAgo * HOUR_MS,
});

describe('versions that must stay', () => {
  const versions = new Map([
    [1, version(100)],
    [2, version(90)],
    [3, version(30)],
    [4, version(20)],
    [5, version(1)],
  ]);
  const nothing = { newest: 0, allForMs: 0, dailyForMs: 0 };

  it.each([
    ['the current one alone', nothing, {}, [5]],
    ['so many before it', { ...nothing, newest: 2 }, {}, [5, 4, 3]],
    ['what was current within a time', { ...nothing, allForMs: 25 * HOUR_MS }, {}, [5, 4, 3]],
    ['one for each midnight', { ...nothing, dailyForMs: 72 * HOUR_MS }, {}, [5, 4, 2]],
    ['what has a tag', nothing, { first: 1 }, [5, 1]],
  ])('are %s', (_, retention, tags, expected) => {
    const index = { versions, tags: new Map(Object.entries(tags)) };
    expect(retainedVersions(index, retention, NOW_MS)).toEqual(expected);
  });
});

describe('what kept versions name', () => {
  it('breaks S4 when it is gone or of another size', () => {
    const versions = new Map([[1, version(1, [['a', 2]])]]);
    const objects = (bytes: number) =>
      new Map([['a', { body: new Uint8Array(bytes), etag: '', modifiedMs: 0 }]]);
    expect(closureIsThere.fault({ broken: brokenOf({ versions }, [1], objects(2)) })).toBeUndefined();
    expect(closureIsThere.fault({ broken: brokenOf({ versions }, [1], objects(3)) })).toEqual(
      expect.any(String),
    );
  });
});

describe('a deletion', () => {
  const deletion: Deletion = { key: 'k', ageMs: 10, youngMs: 10, neededBy: [] };

  it('may take what is old and not needed', () => {
    expect(nothingNeededGoes.fault(deletion)).toBeUndefined();
  });

  it.each([
    ['it is needed', { neededBy: [3] }],
    ['it is young', { ageMs: 9 }],
  ])('breaks S13 when %s', (_, rest) => {
    expect(nothingNeededGoes.fault({ ...deletion, ...rest })).toEqual(expect.any(String));
  });

  it('has to come in the end', () => {
    expect(nothingIsLeft.fault({ indexPath: 'i', left: [] })).toBeUndefined();
    expect(nothingIsLeft.fault({ indexPath: 'i', left: ['k'] })).toEqual(expect.any(String));
  });
});

describe('a look at the past', () => {
  const look: PastLook = { asOf: 2, found: ['c1'], expected: ['c1'], isRetained: true };

  it('may be refused when the version was let go', () => {
    expect(pastStays.fault(look)).toBeUndefined();
    const refused = { ...look, found: undefined, refusal: 'VERSION_EXPIRED' };
    expect(pastStays.fault({ ...refused, isRetained: false })).toBeUndefined();
    expect(pastStays.fault(refused)).toEqual(expect.any(String));
  });

  it('breaks S17 when the past has changed', () => {
    expect(pastStays.fault({ ...look, found: ['c2'] })).toEqual(expect.any(String));
  });
});
