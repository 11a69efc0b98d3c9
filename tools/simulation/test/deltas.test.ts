import { describe, expect, it } from '@jest/globals';
import {
  endsAbsorb,
  neverAbsent,
  pendingUntilCommitted,
  toldIsTrue,
  type InboxMove,
} from '../invariants/inbox.ts';
import { everythingSettles, type Quiescence } from '../invariants/liveness.ts';
import { NOT_YET } from '../invariants/not-yet.ts';
import { readsGoOn, tailIsNotReverted, tailIsWhole, type Look, type TailLook } from '../invariants/reads.ts';

const move = (rest: Partial<InboxMove> = {}): InboxMove => ({
  name: 'd#1',
  before: 'PENDING',
  after: 'APPLIED',
  isCommitted: true,
  isPoison: false,
  isTold: true,
  ...rest,
});

describe('an inbox item', () => {
  it('may end as APPLIED after commit and announcement', () => {
    for (const { fault } of [pendingUntilCommitted, endsAbsorb]) expect(fault(move())).toBeUndefined();
  });

  it('breaks S5 when it is acknowledged and nowhere', () => {
    expect(neverAbsent.fault({ name: 'd#1', state: 'PENDING' })).toBeUndefined();
    expect(neverAbsent.fault({ name: 'd#1', state: 'ABSENT' })).toEqual(expect.any(String));
  });

  it.each<[string, InboxMove]>([
    ['it is APPLIED before the commit', move({ isCommitted: false })],
    ['it is REJECTED and in the snapshot', move({ after: 'REJECTED', isPoison: true })],
    ['it is REJECTED for nothing', move({ after: 'REJECTED', isCommitted: false })],
    ['nobody was told', move({ isTold: false })],
  ])('breaks S18 when %s', (_, bad) => {
    expect(pendingUntilCommitted.fault(bad)).toEqual(expect.any(String));
  });

  it.each<[string, InboxMove]>([
    ['comes back', move({ before: 'APPLIED', after: 'PENDING' })],
    ['ends otherwise', move({ before: 'REJECTED' })],
  ])('breaks S16 when it %s', (_, bad) => {
    expect(endsAbsorb.fault(bad)).toEqual(expect.any(String));
  });
});

describe('an announcement', () => {
  const told = { name: 'd#1', end: 'applied', isCommitted: true, isPoison: false } as const;

  it('may tell of what is committed', () => {
    expect(toldIsTrue.fault(told)).toBeUndefined();
  });

  it.each([
    ['what it calls applied is in no version', { ...told, isCommitted: false }],
    ['what it calls rejected is in the snapshot', { ...told, end: 'rejected', isPoison: true } as const],
    ['what it calls rejected is good', { ...told, end: 'rejected', isCommitted: false } as const],
  ])('breaks S11 when %s', (_, bad) => {
    expect(toldIsTrue.fault(bad)).toEqual(expect.any(String));
  });
});

describe('a reader', () => {
  const look: Look = { reader: 'r', version: 3, versionBefore: 3, found: ['c1'], expected: ['c1'] };

  it('may see the same version again', () => {
    expect(readsGoOn.fault(look)).toBeUndefined();
  });

  it.each([
    ['it sees an older version', { ...look, versionBefore: 4 }],
    ['it sees a version that nobody committed', { ...look, expected: undefined }],
    ['it sees half a version', { ...look, found: [] }],
  ])('breaks S14 when %s', (_, bad) => {
    expect(readsGoOn.fault(bad)).toEqual(expect.any(String));
  });
});

describe('the end of a run', () => {
  const end: Quiescence = {
    states: new Map([
      ['good#1', 'APPLIED'],
      ['bad#1', 'REJECTED'],
    ]),
    poisoned: new Set(['bad#1']),
    eitherWay: new Set(),
    told: new Set(['good#1', 'bad#1']),
    held: [],
    deadLetters: [],
    indexes: [{ indexPath: 'i', found: ['c1'], expected: ['c1'] }],
  };

  it('is reached when everything has settled', () => {
    expect(everythingSettles.fault(end)).toBeUndefined();
  });

  it.each<[string, Partial<Quiescence>]>([
    ['a good delta waits', { states: new Map([['good#1', 'PENDING']]) }],
    ['a good delta is rejected', { states: new Map([['good#1', 'REJECTED']]) }],
    ['a poisoned delta is applied', { states: new Map([['bad#1', 'APPLIED']]) }],
    ['nobody was told', { told: new Set(['bad#1']) }],
    ['a lease is held', { held: ['i'] }],
    ['a dead letter is no poison', { deadLetters: ['{}'] }],
    ['the snapshot is another one', { indexes: [{ indexPath: 'i', found: [], expected: ['c1'] }] }],
  ])('is not reached when %s', (_, rest) => {
    expect(everythingSettles.fault({ ...end, ...rest })).toEqual(expect.any(String));
  });
});

describe('a search with the tail', () => {
  const look: TailLook = {
    ...{ reader: 'r', version: 3, tail: ['run/one'], omitted: 0 },
    awaited: ['run/one'],
    refused: new Set(['run/out']),
  };

  it('may leave out what it says it leaves out', () => {
    expect(tailIsWhole.fault(look)).toBeUndefined();
    expect(tailIsWhole.fault({ ...look, tail: [], omitted: 1 })).toBeUndefined();
  });

  it('breaks S14 when an announced delta is missing', () => {
    expect(tailIsWhole.fault({ ...look, tail: [] })).toEqual(expect.any(String));
  });

  it('breaks S20 when it has a reverted delta', () => {
    expect(tailIsNotReverted.fault(look)).toBeUndefined();
    expect(tailIsNotReverted.fault({ ...look, tail: ['run/out'] })).toEqual(expect.any(String));
  });
});

describe('what is not checked', () => {
  it('is nothing', () => {
    expect(NOT_YET).toEqual([]);
  });
});
