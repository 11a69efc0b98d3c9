import { describe, expect, it, jest } from '@jest/globals';
import { leases, memoryLeaseTable } from '../src/index.ts';
import type { Lease, LeaseTable, Leases } from '../src/index.ts';

const KEY = { pk: 'collection#docs' };

const setUp = ({ wrap = (table: LeaseTable) => table } = {}) => {
  const table = memoryLeaseTable();
  const time = { now: 1_000_000, monotonic: 0 };
  let id = 0;
  const worker = (skewMs = 0): Leases =>
    leases({
      table: wrap(table),
      clock: { nowMs: () => time.now + skewMs, monotonicMs: () => time.monotonic },
      newId: () => `id-${(id += 1)}`,
    });
  const pass = (ms: number): void => {
    time.now += ms;
    time.monotonic += ms;
  };
  return { table, worker, pass, time };
};

const acquired = async (worker: Leases, options = {}): Promise<Lease> => {
  const result = await worker.acquire(KEY, options);
  if (result.kind !== 'acquired') throw new Error('the lease is held');
  return result.lease;
};

/** Does the write, or not, and loses the answer. */
const losing = (table: LeaseTable, kind: string, landed: boolean): LeaseTable => {
  let lost = false;
  return {
    read: (key) => table.read(key),
    write: async (key, change) => {
      if (change.kind !== kind || lost) return table.write(key, change);
      lost = true;
      if (landed) await table.write(key, change);
      throw new Error('timed out');
    },
  };
};

describe('lease', () => {
  it('begins at fence 1, or after the fence of the data', async () => {
    expect((await acquired(setUp().worker())).fence).toBe(1);
    expect((await acquired(setUp().worker(), { pointerFence: 41 })).fence).toBe(42);
  });

  it('is held by one and tells the other by whom', async () => {
    const { worker } = setUp();
    const lease = await acquired(worker(), { runId: 'run-7' });
    expect(await worker().acquire(KEY)).toMatchObject({
      kind: 'held',
      by: { owner: lease.owner, runId: 'run-7', state: 'HELD' },
    });
  });

  it('gets a greater fence on every acquisition and keeps its item when released', async () => {
    const { worker, table } = setUp();
    for (const fence of [1, 2, 3]) {
      const lease = await acquired(worker());
      expect(lease.fence).toBe(fence);
      expect(await lease.release()).toBe(true);
      const item = await table.read(KEY);
      expect(item).toMatchObject({ state: 'FREE', fence });
      expect(item).not.toHaveProperty('owner');
    }
  });

  it('can be stolen only after it expired by more than the skew margin', async () => {
    const { worker, pass } = setUp();
    const first = await acquired(worker());
    pass(65_000);
    expect((await worker().acquire(KEY)).kind).toBe('held');
    pass(1);
    const thief = await acquired(worker());
    expect(thief.fence).toBe(2);
    await expect(first.renew()).rejects.toMatchObject({ code: 'LEASE_LOST', kind: 'fenced' });
    expect(await first.release()).toBe(false);
    expect(() => thief.check()).not.toThrow();
  });

  it('goes to exactly one of two thieves', async () => {
    const { worker, pass } = setUp();
    await acquired(worker());
    pass(70_000);
    const outcomes = await Promise.all([worker().acquire(KEY), worker().acquire(KEY)]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['acquired', 'held']);
  });

  it('stays with a holder that renews', async () => {
    const { worker, pass, table } = setUp();
    const lease = await acquired(worker());
    for (let beat = 0; beat < 10; beat += 1) {
      pass(15_000);
      await lease.renew();
    }
    expect((await worker().acquire(KEY)).kind).toBe('held');
    expect(await table.read(KEY)).toMatchObject({ heartbeats: 10, fence: 1 });
  });

  it('is not renewed after its own time has passed, even if nobody took it', async () => {
    const { worker, pass, table } = setUp();
    const lease = await acquired(worker());
    const before = await table.read(KEY);
    pass(60_000);
    await expect(lease.renew()).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await table.read(KEY)).toEqual(before);
    expect(() => lease.check()).toThrow(expect.objectContaining({ code: 'LEASE_LOST' }));
  });

  it('counts its time by the monotonic clock, whatever the wall clock does', async () => {
    const { worker, time } = setUp();
    const lease = await acquired(worker());
    time.now += 600_000;
    time.monotonic += 15_000;
    await lease.renew();
    time.now -= 1_200_000;
    time.monotonic += 59_999;
    expect(() => lease.check()).not.toThrow();
    time.monotonic += 1;
    expect(() => lease.check()).toThrow(/its time has passed/);
  });

  it('lets wrong clocks cost efficiency only: a thief with a fast clock gets a greater fence', async () => {
    const { worker } = setUp();
    const slow = await acquired(worker());
    const fast = await acquired(worker(300_000));
    expect(fast.fence).toBeGreaterThan(slow.fence);
    await expect(slow.renew()).rejects.toMatchObject({ kind: 'fenced' });
  });

  it.each([true, false])('survives an acquisition without answer (landed: %s)', async (landed) => {
    const { worker, table } = setUp({ wrap: (inner) => losing(inner, 'acquire', landed) });
    const lease = await acquired(worker());
    expect(lease.fence).toBe(1);
    expect(await table.read(KEY)).toMatchObject({ owner: lease.owner, fence: 1 });
    await lease.renew();
  });

  it('counts a renewal without answer that landed', async () => {
    const { worker, pass, table } = setUp({ wrap: (inner) => losing(inner, 'renew', true) });
    const lease = await acquired(worker());
    pass(50_000);
    await lease.renew();
    pass(50_000);
    await lease.renew();
    expect(await table.read(KEY)).toMatchObject({ heartbeats: 2 });
  });

  it('reports a renewal that did not land and can repeat it', async () => {
    const { worker, pass } = setUp({ wrap: (inner) => losing(inner, 'renew', false) });
    const lease = await acquired(worker());
    pass(15_000);
    await expect(lease.renew()).rejects.toThrow('timed out');
    pass(5_000);
    await lease.renew();
    pass(59_000);
    expect(() => lease.check()).not.toThrow();
  });

  it('knows its own renewal when it lands after the next one was sent', async () => {
    let late: (() => Promise<unknown>) | undefined;
    const wrap = (inner: LeaseTable): LeaseTable => ({
      read: (key) => inner.read(key),
      write: async (key, change) => {
        if (change.kind === 'renew' && !late) {
          late = () => inner.write(key, change);
          throw new Error('timed out');
        }
        if (change.kind === 'renew') await late?.();
        return inner.write(key, change);
      },
    });
    const { worker, pass, table } = setUp({ wrap });
    const lease = await acquired(worker());
    pass(15_000);
    await expect(lease.renew()).rejects.toThrow('timed out');
    await lease.renew();
    await lease.renew();
    expect(await table.read(KEY)).toMatchObject({ owner: lease.owner, state: 'HELD' });
    expect(await lease.release()).toBe(true);
  });

  it.each([true, false])('releases once without answer (landed: %s)', async (landed) => {
    const { worker } = setUp({ wrap: (inner) => losing(inner, 'release', landed) });
    const lease = await acquired(worker());
    if (landed) expect(await lease.release()).toBe(true);
    else await expect(lease.release()).rejects.toThrow('timed out');
    expect(await lease.release()).toBe(!landed);
  });

  it('is passed on with a greater fence when an operator breaks it', async () => {
    const { worker, table } = setUp();
    const lease = await acquired(worker());
    const seen = await table.read(KEY);
    expect(await worker().forceUnlock(KEY, seen?.rvn ?? '')).toMatchObject({ state: 'FREE', fence: 2 });
    await expect(worker().forceUnlock(KEY, seen?.rvn ?? '')).rejects.toMatchObject({ code: 'LEASE_CHANGED' });
    await expect(lease.renew()).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect((await acquired(worker())).fence).toBe(3);
  });

  it('lifts its fence over the data after the table was restored from a backup', async () => {
    const { worker } = setUp();
    await (await acquired(worker())).release();
    const lease = await acquired(worker(), { pointerFence: 90 });
    expect(lease.fence).toBe(91);
    await lease.renew();
  });

  it('renews by itself while kept alive', async () => {
    jest.useFakeTimers();
    try {
      const { worker, table, pass } = setUp();
      const lease = await acquired(worker());
      const stop = lease.keepAlive();
      for (let beat = 0; beat < 3; beat += 1) {
        pass(15_000);
        await jest.advanceTimersByTimeAsync(15_000);
      }
      stop();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(await table.read(KEY)).toMatchObject({ heartbeats: 3 });
    } finally {
      jest.useRealTimers();
    }
  });
});
