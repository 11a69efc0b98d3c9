import type { KeptObject } from '@alluvium/testkit/simulation';
import type { Retention } from '@alluvium/vector-store';
import type { IndexFacts } from './facts.ts';

const DAY_MS = 24 * 3_600_000;

const isDaily = (
  times: readonly number[],
  position: number,
  { dailyForMs }: Retention,
  nowMs: number,
): boolean => {
  const lastMidnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
  for (let day = 0; day < Math.floor(dailyForMs / DAY_MS); day += 1) {
    const midnight = lastMidnight - day * DAY_MS;
    if (times.findIndex((createdAtMs) => createdAtMs <= midnight) === position) return true;
  }
  return false;
};

/**
 * The versions that must stay, by the rule that is written down and with none of the engine's code: the current one, so many before it,
 * what was current within a time, one a day, and whatever has a tag. `nowMs`: since the epoch, by the clock of the store.
 */
export const retainedVersions = (
  { versions, tags }: Pick<IndexFacts, 'versions' | 'tags'>,
  retention: Retention,
  nowMs: number,
): number[] => {
  const newestFirst = [...versions].sort(([left], [right]) => right - left);
  const times = newestFirst.map(([, { createdAtMs }]) => createdAtMs);
  const tagged = new Set(tags.values());
  return newestFirst
    .filter(([version], position) => {
      const supersededAtMs = times[position - 1];
      return (
        position <= retention.newest ||
        tagged.has(version) ||
        (supersededAtMs !== undefined && supersededAtMs >= nowMs - retention.allForMs) ||
        isDaily(times, position, retention, nowMs)
      );
    })
    .map(([version]) => version);
};

/** What `retained` versions name and is not there as it was. */
export const brokenOf = (
  { versions }: Pick<IndexFacts, 'versions'>,
  retained: readonly number[],
  objects: ReadonlyMap<string, KeptObject>,
): { version: number; key: string }[] =>
  retained.flatMap((version) =>
    [...(versions.get(version)?.named ?? [])]
      .filter(([key, sizeBytes]) => objects.get(key)?.body.length !== sizeBytes)
      .map(([key]) => ({ version, key })),
  );
