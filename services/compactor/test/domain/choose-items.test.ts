import { describe, expect, it } from '@jest/globals';
import { chooseItems } from '../../src/domain/choose-items.ts';
import type { InboxItem } from '../../src/domain/inbox-item.ts';

const itemOf = (part: number, bytes: number, notBeforeMs = 0): InboxItem => ({
  collection: 'docs',
  indexPath: 'indexes/docs/model=tiny@0123456789ab/dims=4/',
  deltaId: `delta-${part}`,
  runId: 'run',
  attempt: 1,
  part,
  pointer: { bucket: 'test-data', key: `embeddings/${part}`, sha256: '', bytes, contentSchema: 'delta.v1' },
  cause: {} as InboxItem['cause'],
  tries: 0,
  notBeforeMs,
});

describe('the choice of deltas', () => {
  it.each([
    ['takes all within the bounds', [10, 10, 10], { deltas: 3, bytes: 30 }, [0, 1, 2]],
    ['ends at the count', [10, 10, 10], { deltas: 2, bytes: 99 }, [0, 1]],
    ['ends before the bytes are exceeded', [10, 10, 11], { deltas: 9, bytes: 30 }, [0, 1]],
    ['takes the first one whatever its size', [50, 1], { deltas: 9, bytes: 30 }, [0]],
    ['is empty for an empty inbox', [], { deltas: 9, bytes: 30 }, []],
  ])('%s', (_title, sizes, bounds, expected) => {
    const items = sizes.map((bytes, part) => itemOf(part, bytes));
    expect(chooseItems(items, 0, bounds).map(({ part }) => part)).toEqual(expected);
  });

  it('passes over items that are not due, without counting them', () => {
    const items = [itemOf(0, 99, 1001), itemOf(1, 10), itemOf(2, 10, 1000)];
    expect(chooseItems(items, 1000, { deltas: 2, bytes: 30 }).map(({ part }) => part)).toEqual([1, 2]);
  });
});
