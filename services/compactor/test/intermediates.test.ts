import { mergeRequestedV1 } from '@alluvium/contracts';
import { openSnapshot, verifySnapshot, type Delta } from '@alluvium/vector-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Backlog, upTo } from './support/backlog.ts';
import { deltaOf, INDEX_PATH } from './support/deltas.ts';
import { answer, arrive } from './support/world.ts';

let backlog: Backlog;

beforeEach(() => {
  backlog = new Backlog();
});

describe('an intermediate', () => {
  const mergedWorld = async (): Promise<void> => {
    await backlog.fill(35);
    await backlog.ring();
    await backlog.mergeAll();
  };

  const segments = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of backlog.world.store.list(`${INDEX_PATH}segments/`)) keys.push(key);
    return keys;
  };

  it('that is gone or broken costs time, and no delta', async () => {
    await mergedWorld();
    const [first, second] = await segments();
    await backlog.world.store.delete(first!);
    await backlog.world.store.put(second!, Buffer.from('something else'));
    await backlog.answerWaiting();
    await backlog.expectSettled(35);
  });

  it('that is old is not taken: garbage collection may have an eye on it', async () => {
    await mergedWorld();
    const before = await segments();
    const clock = { ...backlog.world.clock, nowMs: () => backlog.world.clock.nowMs() + 7 * 3_600_000 };
    const compactions = {
      ...backlog.world.compactions,
      find: async (indexPath: string) => {
        const open = await backlog.world.compactions.find(indexPath);
        return open && { ...open, deadlineMs: Infinity };
      },
    };
    await answer(backlog.world, { ...backlog.depsOf(20), clock, compactions });
    await backlog.expectSettled(35);
    const after = (await openSnapshot(backlog.world.store, INDEX_PATH))?.view.index.segments.map(
      ({ key }) => key,
    );
    expect(after?.filter((key) => before.includes(key))).toEqual([]);
  });

  it('that holds a delta which was settled meanwhile is not taken', async () => {
    await mergedWorld();
    const [item] = [...backlog.world.inbox.waiting.values()];
    await backlog.world.inbox.settle(item!, {
      state: 'REJECTED',
      reason: 'REVERTED',
      message: 'by a rollback',
    });
    await backlog.answerWaiting();
    expect(await backlog.announcedParts()).toEqual(upTo(35).filter((part) => part !== item!.part));
    expect(await backlog.head()).toMatchObject({ counts: { documents: 34 } });
  });
});

describe('the case of 465 deltas', () => {
  const COUNT = 465;
  const VECTORS = 26_501;

  // 57 passages a delta, and what is left for the last one.
  const passagesOf = (part: number): Delta => {
    const delta = deltaOf(part);
    const [document] = delta.documents;
    const [chunk] = document!.chunks;
    const length = Math.min(57, VECTORS - 57 * part);
    const chunks = Array.from({ length }, (_, ordinal) => ({
      ...chunk!,
      ordinal,
      chunkId: `chunk-${part}-${ordinal}`,
      vector: Float32Array.of(1, part + 1, ordinal, -1),
    }));
    return { ...delta, documents: [{ ...document!, chunks }] };
  };

  it('takes 47 merges of ten, five of those and one of these, and one publish', async () => {
    for (let part = 0; part < COUNT; part += 1) await arrive(backlog.world, passagesOf(part));
    await backlog.ring();
    await backlog.mergeAll();
    const levels = Map.groupBy(backlog.levelsOf(mergeRequestedV1), (level) => level);
    expect([...levels].map(([level, merges]) => [level, merges.length])).toEqual([
      [1, 47],
      [2, 5],
      [3, 1],
    ]);
    await backlog.answerWaiting();
    expect(backlog.world.inbox.waiting.size).toBe(0);
    expect(await backlog.announcedParts()).toEqual(upTo(COUNT));
    expect(await backlog.head()).toMatchObject({ version: 1, counts: { documents: COUNT, chunks: VECTORS } });
    expect(await verifySnapshot(backlog.world.store, INDEX_PATH)).toMatchObject({ problems: [] });
    expect((await openSnapshot(backlog.world.store, INDEX_PATH))?.describe().segments).toBe(1);
  });
});
