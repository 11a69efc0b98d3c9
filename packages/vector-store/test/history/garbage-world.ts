import { expect } from '@jest/globals';
import {
  collectGarbage,
  readVersions,
  verifySnapshot,
  type GarbageOptions,
  type GarbageReport,
} from '../../src/index.ts';
import { deltaOf, documentOf, INDEX_PATH } from '../deltas.ts';
import { HOUR_MS, oldTimes, type OldTimes } from './old-times.ts';

export const NOTHING_LONGER = { newest: 0, allForMs: 0, dailyForMs: 0 };

export const collect = (
  times: OldTimes,
  options: Partial<GarbageOptions> = {},
): Promise<GarbageReport | undefined> =>
  collectGarbage({ ...times.writer(), dryRun: false, retention: NOTHING_LONGER, ...options });

/** `count` versions, each of which leaves the segment of the one before behind. */
export const versions = async (count: number): Promise<OldTimes> => {
  const times = oldTimes();
  for (let part = 0; part < count; part += 1) {
    await times.publish([
      deltaOf(
        part,
        [1, 2].map((id) => documentOf(id, { sequence: part + 1 })),
      ),
    ]);
    times.pass(HOUR_MS);
  }
  return times;
};

export const stateOf = async ({ store }: OldTimes): Promise<string> =>
  (await readVersions(store, INDEX_PATH)).map(({ version, state }) => `${version} ${state}`).join(', ');

export const expectSound = async ({ store }: OldTimes): Promise<void> => {
  for (const { version, state } of await readVersions(store, INDEX_PATH))
    if (state !== 'expired')
      expect([version, await verifySnapshot(store, INDEX_PATH, { asOf: version })]).toMatchObject([
        version,
        { problems: [] },
      ]);
  expect(await verifySnapshot(store, INDEX_PATH)).toMatchObject({ problems: [] });
};
