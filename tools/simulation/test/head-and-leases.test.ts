import { describe, expect, it } from '@jest/globals';
import { fenceGrows, noCommitBelowClaim, oneChain, type HeadMove } from '../invariants/head-moves.ts';
import { oneOwnerPerFence, ownFence, type LeaseMove } from '../invariants/leases.ts';
import type { Head } from '@alluvium/vector-store';
import { head } from './support/head.ts';

const commit = (after: Partial<Head> = {}, rest: Partial<HeadMove> = {}): HeadMove => ({
  before: head(),
  after: head({
    version: 4,
    publishId: 'P4',
    parentPublishId: 'P3',
    manifestKey: 'manifests/4',
    recentPublishIds: ['P2', 'P3', 'P4'],
    ...after,
  }),
  knownIds: new Set(['P1', 'P2', 'P3']),
  greatestFence: 5,
  ...rest,
});

describe('a write of HEAD', () => {
  it('may be the next version under the fence that claimed', () => {
    for (const { fault } of [oneChain, fenceGrows, noCommitBelowClaim])
      expect(fault(commit())).toBeUndefined();
  });

  it('may be a claim of the same version under a greater fence', () => {
    const claim = commit({ version: 3, fence: 6, manifestKey: 'manifests/3' });
    for (const { fault } of [oneChain, fenceGrows, noCommitBelowClaim]) expect(fault(claim)).toBeUndefined();
  });

  it.each<[string, HeadMove]>([
    ['a version is left out', commit({ version: 5 })],
    ['a version goes back', commit({ version: 2 })],
    ['a claim changes the manifest', commit({ version: 3 })],
    ['the parent is another one', commit({ parentPublishId: 'P2' })],
    ['the id was there before', commit({ publishId: 'P3', recentPublishIds: ['P3'] })],
    ['the one before is forgotten', commit({ recentPublishIds: ['P4'] })],
  ])('breaks S1 when %s', (_, move) => {
    expect(oneChain.fault(move)).toEqual(expect.any(String));
  });

  it('breaks S2 when its fence is smaller', () => {
    expect(fenceGrows.fault(commit({ fence: 4 }))).toBe('fence 5 is followed by 4');
  });

  it.each<[string, HeadMove]>([
    ['somebody has claimed a greater fence', commit({}, { greatestFence: 6 })],
    ['nobody has claimed with its fence', commit({ fence: 6 })],
  ])('breaks S3 when %s', (_, move) => {
    expect(noCommitBelowClaim.fault(move)).toEqual(expect.any(String));
  });

  it('breaks S10 when its fence was given to another process', () => {
    const write = { fence: 5, writer: 'one', holders: ['one'] };
    expect(ownFence.fault(write)).toBeUndefined();
    expect(ownFence.fault({ ...write, holders: ['other'] })).toEqual(expect.any(String));
  });
});

const lease = (rest: Partial<LeaseMove> = {}): LeaseMove => ({
  before: { state: 'HELD', fence: 4, owner: 'a' },
  after: { state: 'HELD', fence: 5, owner: 'b' },
  writer: 'two',
  holders: ['one'],
  greatestFence: 4,
  owners: new Map([[4, 'a']]),
  ...rest,
});

describe('a write of a lease', () => {
  it('may give it to another owner under the next fence', () => {
    expect(oneOwnerPerFence.fault(lease())).toBeUndefined();
  });

  it.each<[string, LeaseMove]>([
    ['the item is deleted', lease({ after: undefined })],
    ['the fence goes back', lease({ after: { state: 'FREE', fence: 0 } })],
    ['a fence gets another owner', lease({ after: { state: 'HELD', fence: 4, owner: 'b' } })],
    ['a stranger renews it', lease({ after: { state: 'HELD', fence: 4, owner: 'a' } })],
    ['a stranger releases it', lease({ after: { state: 'FREE', fence: 4 } })],
  ])('breaks S10 when %s', (_, move) => {
    expect(oneOwnerPerFence.fault(move)).toEqual(expect.any(String));
  });
});
