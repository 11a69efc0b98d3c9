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
import { revertedStaysOut, rollbackReturns } from '../invariants/history.ts';
import { HASH, head } from './support/head.ts';

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

describe('a version that a rollback made', () => {
  const back = (rest: Partial<Committed> = {}): Committed =>
    committed({
      listed: ['run/one'],
      refused: new Set(['run/two']),
      past: { version: 1, chunkIds: ['c1', 'c2'] },
      ...rest,
    });

  it('may hold what the old one held', () => {
    for (const { fault } of [rollbackReturns, revertedStaysOut]) expect(fault(back())).toBeUndefined();
  });

  it.each<[string, Partial<Committed>]>([
    ['it has another chunk', { chunkIds: ['c1', 'c3'] }],
    ['it lists another delta', { listed: ['run/one', 'run/three'] }],
  ])('breaks S17 when %s', (_, rest) => {
    expect(rollbackReturns.fault(back(rest))).toEqual(expect.any(String));
  });

  it('breaks S20 when it lists what was taken out', () => {
    expect(revertedStaysOut.fault(back({ listed: ['run/one', 'run/two'] }))).toEqual(expect.any(String));
  });
});
