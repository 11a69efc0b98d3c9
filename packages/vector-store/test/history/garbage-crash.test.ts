import { describe, expect, it } from '@jest/globals';
import { readVersions, rollback } from '../../src/index.ts';
import { INDEX_PATH } from '../deltas.ts';
import { collect, expectSound, NOTHING_LONGER, stateOf, versions } from './garbage-world.ts';
import { mortalStore, type Death } from './mortal-store.ts';
import { contentAt, DAY_MS, type OldTimes } from './old-times.ts';

/** A process dies at its call; a later one does the work again. */
const survive = async (death: Death, work: (times: OldTimes) => Promise<unknown>): Promise<OldTimes> => {
  const times = await readyToSweep();
  const { store } = times;
  times.store = mortalStore(store, death).store;
  await expect(work(times)).rejects.toThrow('killed');
  times.store = store;
  await expectSound(times);
  times.fence += 1;
  await work(times);
  await expectSound(times);
  return times;
};

const readyToSweep = async (): Promise<OldTimes> => {
  const times = await versions(4);
  times.pass(2 * DAY_MS);
  await collect(times, { retention: { ...NOTHING_LONGER, newest: 1 } });
  times.pass(2 * DAY_MS);
  return times;
};

const callsOf = async (work: (times: OldTimes) => Promise<unknown>): Promise<Death[]> => {
  const times = await readyToSweep();
  const mortal = mortalStore(times.store);
  times.store = mortal.store;
  await work(times);
  return Array.from({ length: mortal.calls() }, (_, index) => index + 1).flatMap((atCall) => [
    { atCall, when: 'before' },
    { atCall, when: 'after' },
  ]);
};

describe('whoever dies at any call', () => {
  it('of a garbage collection leaves every kept version whole, and the next cycle ends the work', async () => {
    const work = (times: OldTimes) => collect(times, { retention: { ...NOTHING_LONGER, newest: 1 } });
    for (const death of await callsOf(work)) {
      const times = await survive(death, work);
      expect([death, await stateOf(times)]).toEqual([death, '4 current, 3 kept, 2 expired, 1 expired']);
    }
  });

  it('of a rollback leaves the old version or the new one', async () => {
    const work = (times: OldTimes) => rollback({ ...times.writer(), to: 3 });
    for (const death of await callsOf(work)) {
      const times = await survive(death, work);
      const [newest] = await readVersions(times.store, INDEX_PATH);
      expect(newest).toMatchObject({ change: { kind: 'rollback', version: 3 } });
      expect(await contentAt(times.store)).toEqual(await contentAt(times.store, 3));
    }
  });
});
