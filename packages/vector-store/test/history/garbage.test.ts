import { describe, expect, it } from '@jest/globals';
import {
  collectGarbage,
  openSnapshot,
  publish,
  rollback,
  tagVersion,
  resolveVersion,
} from '../../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { tamper } from '../faulty-store.ts';
import { keysOf } from '../reference.ts';
import { collect, expectSound, NOTHING_LONGER, stateOf, versions } from './garbage-world.ts';
import { contentAt, DAY_MS, oldTimes, type OldTimes } from './old-times.ts';

const twoCycles = async (times: OldTimes): Promise<void> => {
  for (let cycle = 0; cycle < 2; cycle += 1) {
    times.pass(2 * DAY_MS);
    times.fence += 1;
    await collect(times);
  }
};

describe('garbage collection', () => {
  it('changes nothing unless it is told to, and says what it would do', async () => {
    const times = await versions(3);
    times.pass(2 * DAY_MS);
    const before = await keysOf(times.store, '');
    const report = await collectGarbage({ ...times.writer(), retention: NOTHING_LONGER });
    expect(report).toMatchObject({
      dryRun: true,
      keptVersions: [3],
      expiredVersions: [2, 1],
      deleted: { objects: 0 },
    });
    expect(report?.marked.objects).toBeGreaterThan(3);
    expect(await keysOf(times.store, '')).toEqual(before);
  });

  it('marks first, and deletes a day later what still nothing needs', async () => {
    const times = await versions(3);
    times.pass(2 * DAY_MS);
    const marked = await collect(times);
    expect(marked).toMatchObject({
      deleted: { objects: 0 },
      dueAt: new Date(times.nowMs + DAY_MS).toISOString(),
    });
    expect(await stateOf(times)).toBe('3 current, 2 going, 1 going');
    times.pass(DAY_MS - 1);
    expect(await collect(times)).toMatchObject({ deleted: { objects: 0 } });
    times.pass(1);
    const swept = await collect(times);
    expect(swept?.deleted).toEqual(marked?.marked);
    expect(await stateOf(times)).toBe('3 current, 2 expired, 1 expired');
    await expectSound(times);
    expect(await keysOf(times.store, `${INDEX_PATH}gc/marks/`)).toEqual([]);
  });

  it('keeps by default five versions, all of two days and what a tag names', async () => {
    const times = await versions(9);
    await tagVersion(times.store, INDEX_PATH, {
      name: 'first',
      version: await resolveVersion(times.store, INDEX_PATH, 1),
      nowMs: times.nowMs,
    });
    times.pass(40 * DAY_MS);
    const report = await collectGarbage(times.writer());
    expect(report).toMatchObject({ keptVersions: [9, 8, 7, 6, 5, 4, 1], expiredVersions: [3, 2] });
  });

  it('lets what is marked be rescued by a tag only before it is marked', async () => {
    const times = await versions(2);
    times.pass(2 * DAY_MS);
    await collect(times);
    const version = await resolveVersion(times.store, INDEX_PATH, 1);
    await expect(
      tagVersion(times.store, INDEX_PATH, { name: 'late', version, nowMs: times.nowMs }),
    ).rejects.toMatchObject({ code: 'VERSION_EXPIRED' });
    await expect(rollback({ ...times.writer(), to: 1 })).rejects.toMatchObject({ code: 'VERSION_EXPIRED' });
  });

  it('takes ages from the clock of the store, not from its own', async () => {
    const times = await versions(2);
    const writer = times.writer();
    const clock = { nowMs: () => times.nowMs + 365 * DAY_MS, monotonicMs: () => 0 };
    const report = await collectGarbage({ ...writer, clock, dryRun: false, retention: NOTHING_LONGER });
    expect(report).toMatchObject({ marked: { objects: 0 }, deleted: { objects: 0 } });
    expect(report?.young.objects).toBeGreaterThan(0);
  });

  it('collects what was never committed, and leaves alone what it does not know', async () => {
    const times = await versions(1);
    const delta = deltaOf(7, [documentOf(7)]);
    const died = new Error('killed');
    const options = {
      ...times.writer(),
      choose: async () => [{ ...delta, key: 'k' }],
      loadDelta: async () => delta,
    };
    const checkLease = (): never => {
      throw died;
    };
    await expect(publish({ ...options, checkLease })).rejects.toBe(died);
    await times.store.put(`${INDEX_PATH}notes.txt`, Buffer.from('mine'));
    expect(await keysOf(times.store, `${INDEX_PATH}segments/`)).toHaveLength(2);
    await twoCycles(times);
    expect(await keysOf(times.store, `${INDEX_PATH}segments/`)).toHaveLength(1);
    expect(await keysOf(times.store, `${INDEX_PATH}manifests/`)).toHaveLength(1);
    expect(await keysOf(times.store, `${INDEX_PATH}notes.txt`)).toHaveLength(1);
    expect(await collect(times)).toMatchObject({ unknown: { objects: 1, bytes: 4 } });
  });

  it('lets versions of deleted objects go after 30 days, and those of HEAD after 90', async () => {
    const times = await versions(2);
    await twoCycles(times);
    const countVersions = async (prefix: string): Promise<number> => {
      let found = 0;
      for await (const version of times.store.listVersions(prefix)) found += version.isDeleteMarker ? 0 : 1;
      return found;
    };
    expect(await countVersions(`${INDEX_PATH}segments/`)).toBe(2);
    times.pass(31 * DAY_MS);
    expect((await collect(times))?.noncurrent.objects).toBeGreaterThan(2);
    expect(await countVersions(`${INDEX_PATH}segments/`)).toBe(1);
    expect(await countVersions(`${INDEX_PATH}HEAD`)).toBeGreaterThan(1);
    times.pass(91 * DAY_MS);
    await collect(times);
    // The claim of this very cycle left one behind.
    expect(await countVersions(`${INDEX_PATH}HEAD`)).toBe(2);
    await expectSound(times);
  });

  it('deletes nothing when a version that is kept cannot be read', async () => {
    const times = await versions(3);
    const retention = { ...NOTHING_LONGER, newest: 1 };
    times.pass(2 * DAY_MS);
    await collect(times, { retention });
    times.pass(2 * DAY_MS);
    const { manifestKey } = await resolveVersion(times.store, INDEX_PATH, 2);
    await tamper(times.store, manifestKey, (body) => body.slice(1));
    const before = await keysOf(times.store, '');
    await expect(collect(times, { retention })).rejects.toMatchObject({ code: 'OBJECT_CORRUPT' });
    const after = await keysOf(times.store, '');
    expect(before.filter((key) => !after.includes(key))).toEqual([]);
  });

  it('stops when its lease is lost', async () => {
    const times = await versions(3);
    times.pass(2 * DAY_MS);
    await collect(times);
    times.pass(2 * DAY_MS);
    const lost = new Error('the lease is lost');
    const checkLease = (): never => {
      throw lost;
    };
    await expect(collect(times, { checkLease })).rejects.toBe(lost);
    expect(await stateOf(times)).toBe('3 current, 2 going, 1 going');
  });

  it('finds nothing where nothing was published', async () => {
    expect(await collect(oldTimes())).toBeUndefined();
  });
});

describe('garbage collection and others at once', () => {
  it('lets no publish commit that was asleep while its objects were deleted', async () => {
    const times = await versions(2);
    const delta = deltaOf(7, [documentOf(7)]);
    let sleeps = 0;
    const result = await publish({
      ...times.writer(),
      choose: async () => [{ ...delta, key: 'k' }],
      loadDelta: async () => delta,
      fence: 1_000,
      // Four days pass between the last look at the lease and the commit.
      checkLease: async () => {
        if ((sleeps += 1) > 1) return;
        for (let cycle = 0; cycle < 2; cycle += 1) {
          times.pass(2 * DAY_MS);
          await collect(times, { fence: 1_000 });
        }
      },
    });
    expect([result.kind, sleeps]).toEqual(['committed', 2]);
    await expectSound(times);
    expect(Object.keys(await contentAt(times.store)).sort()).toEqual(
      [1, 2, 7].map((id) => `files/page#${id}`),
    );
  });

  it('lets no rollback commit that was asleep while its version was deleted', async () => {
    const times = await versions(2);
    let sleeps = 0;
    const going = rollback({
      ...times.writer(),
      to: 1,
      checkLease: async () => {
        if ((sleeps += 1) > 1) return;
        for (let cycle = 0; cycle < 2; cycle += 1) {
          times.pass(2 * DAY_MS);
          await collect(times);
        }
      },
    });
    await expect(going).rejects.toMatchObject({ code: 'VERSION_EXPIRED' });
    expect(await stateOf(times)).toBe('2 current, 1 expired');
    await expectSound(times);
  });

  it('keeps what a rollback brought back between marking and deleting', async () => {
    const times = await versions(3);
    times.pass(2 * DAY_MS);
    const retention = { ...NOTHING_LONGER, newest: 1 };
    await collect(times, { retention });
    const brought = await rollback({ ...times.writer(), to: 2 });
    expect(brought).toMatchObject({ from: 3, to: 2, isCommitted: true });
    times.pass(2 * DAY_MS);
    await collect(times);
    await twoCycles(times);
    expect(await stateOf(times)).toBe('4 current, 3 expired, 2 expired, 1 expired');
    await expectSound(times);
  });

  it('gives a reader who was slow the newer version, and one of the past an error', async () => {
    const times = await versions(2);
    const [slow, past] = [
      await openSnapshot(times.store, INDEX_PATH, { asOf: 1 }),
      await openSnapshot(times.store, INDEX_PATH),
    ];
    await times.publish([
      deltaOf(
        9,
        [1, 2].map((id) => documentOf(id, { sequence: 9 })),
      ),
    ]);
    await twoCycles(times);
    const query = { text: 'river', k: 9, mode: 'lexical' as const };
    await expect(slow!.search(query)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
    const { hits } = await past!.search(query);
    expect([past!.version, hits.length]).toEqual([3, 4]);
  });
});
