import type { Head } from '@alluvium/vector-store';
import { describe, expect, it } from '@jest/globals';
import {
  booksBalance,
  chunksAreSound,
  deletedIsInvisible,
  headIsFold,
  immutable,
  reachable,
  type Committed,
} from '../invariants/contents.ts';
import { fenceGrows, noCommitBelowClaim, oneChain, type HeadMove } from '../invariants/head-moves.ts';
import {
  endsAbsorb,
  neverAbsent,
  pendingUntilCommitted,
  toldIsTrue,
  type InboxMove,
} from '../invariants/inbox.ts';
import { oneOwnerPerFence, ownFence, type LeaseMove } from '../invariants/leases.ts';
import { everythingSettles, type Quiescence } from '../invariants/liveness.ts';
import { NOT_YET } from '../invariants/not-yet.ts';
import { readsGoOn, type Look } from '../invariants/reads.ts';

const HASH = 'a'.repeat(64);

const head = (rest: Partial<Head> = {}): Head => ({
  format: 'head.v1',
  version: 3,
  fence: 5,
  publishId: 'P3',
  parentPublishId: 'P2',
  manifestKey: 'manifests/3',
  manifestSha256: HASH,
  counts: { documents: 1, chunks: 2, tombstones: 0 },
  setHash: HASH,
  recentPublishIds: ['P1', 'P2', 'P3'],
  createdAt: '2026-01-01T00:00:00.000Z',
  ...rest,
});

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

const committed = (rest: Partial<Committed> = {}): Committed => ({
  head: head(),
  listed: ['run/one', 'run/two'],
  before: ['run/one'],
  refused: new Set(),
  forgettable: new Set(),
  poisoned: new Set(['run/bad']),
  expected: {
    chunkIds: ['c1', 'c2'],
    documents: 1,
    tombstones: 0,
    setHash: HASH,
    liveDocumentIds: ['d1'],
  },
  chunkIds: ['c1', 'c2'],
  deletedChunkIds: new Set(['gone']),
  verification: { problems: [], counts: head().counts, setHash: HASH },
  ownCosines: [1, 0.9999],
  ...rest,
});

const counts = (rest: Partial<Head['counts']>): Head => head({ counts: { ...head().counts, ...rest } });
const problem = (code: string) => ({
  verification: { ...committed().verification, problems: [{ key: 'k', code, message: 'm' }] },
});

describe('a committed version', () => {
  it('is sound when it holds what its deltas come to', () => {
    for (const { fault } of [reachable, headIsFold, chunksAreSound, deletedIsInvisible, booksBalance])
      expect(fault(committed())).toBeUndefined();
  });

  it('breaks S4 when an object is missing', () => {
    expect(reachable.fault(committed(problem('OBJECT_MISSING')))).toBe('OBJECT_MISSING: m');
  });

  it('breaks S4 when an object is overwritten with other bytes', () => {
    const bytes = Buffer.from('bytes');
    expect(immutable.fault({ key: 'k', before: bytes, after: Buffer.from('bytes') })).toBeUndefined();
    expect(immutable.fault({ key: 'k', before: bytes, after: Buffer.from('other') })).toBe(
      'k is overwritten',
    );
  });

  it.each<[string, Partial<Committed>]>([
    ['a delta is forgotten', { listed: ['run/two'] }],
    ['a delta is listed twice', { listed: ['run/one', 'run/two', 'run/two'] }],
    ['a delta is listed that cannot be applied', { listed: ['run/one', 'run/bad'] }],
    ['a chunk is missing', { chunkIds: ['c1'] }],
    ['a chunk is left over', { chunkIds: ['c1', 'c2', 'c3'] }],
    ['a document is missing', { head: counts({ documents: 0 }) }],
  ])('breaks S6 when %s', (_, rest) => {
    expect(headIsFold.fault(committed(rest))).toEqual(expect.any(String));
  });

  it('keeps S6 when what is forgotten is too long ago', () => {
    const forgettable = new Set(['run/one']);
    expect(headIsFold.fault(committed({ listed: ['run/two'], forgettable }))).toBeUndefined();
  });

  it.each<[string, Partial<Committed>]>([
    ['a chunk is there twice', { chunkIds: ['c1', 'c1'] }],
    ['a vector points elsewhere', { ownCosines: [1, 0.7] }],
    ['a vector is longer than 1', { ownCosines: [1, 1.01] }],
    ['a search does not find a chunk', { ownCosines: [1] }],
  ])('breaks S7 when %s', (_, rest) => {
    expect(chunksAreSound.fault(committed(rest))).toEqual(expect.any(String));
  });

  it('breaks S8 when it shows what is deleted', () => {
    expect(deletedIsInvisible.fault(committed({ chunkIds: ['c1', 'gone'] }))).toBe(
      'version 3 shows deleted gone',
    );
  });

  it.each<[string, Partial<Committed>]>([
    ['its books are not what is stored', problem('COUNTS_MISMATCH')],
    ['its setHash is another one', { head: head({ setHash: 'b'.repeat(64) }) }],
    ['it counts other chunks', { head: counts({ chunks: 3 }) }],
    ['it counts other tombstones', { head: counts({ tombstones: 1 }) }],
  ])('breaks S9 when %s', (_, rest) => {
    expect(booksBalance.fault(committed(rest))).toEqual(expect.any(String));
  });
});

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

describe('what is not checked', () => {
  it('is listed, and no invariant that is checked is among it', () => {
    const checked = [
      ...Array.from({ length: 11 }, (_, index) => `S${index + 1}`),
      'S13',
      'S14',
      'S16',
      'S17',
      'S18',
      'S20',
    ];
    const missing = NOT_YET.map(({ id }) => id);
    expect(missing.filter((id) => checked.includes(id))).toEqual([]);
    const all = new Set([...checked, ...missing.map((id) => id.replace(/ .*/, ''))]);
    expect(all).toEqual(new Set(Array.from({ length: 20 }, (_, index) => `S${index + 1}`)));
  });
});
