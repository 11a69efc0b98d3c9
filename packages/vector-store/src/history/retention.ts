import type { KnownVersion } from './versions.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Which versions stay. The current one and those with a tag always do. */
export interface Retention {
  /** So many versions before the current one. */
  newest: number;
  /** Every version that was current within this time. */
  allForMs: number;
  /** For this time back, the version that was current at each midnight (UTC). */
  dailyForMs: number;
}

/** Five versions, all of 48 hours, one a day for 30 days. */
export const DEFAULT_RETENTION: Retention = { newest: 5, allForMs: 2 * DAY_MS, dailyForMs: 30 * DAY_MS };

const midnights = (nowMs: number, dailyForMs: number): number[] => {
  const last = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return Array.from({ length: Math.floor(dailyForMs / DAY_MS) }, (_, day) => last - day * DAY_MS);
};

/**
 * The versions that stay, of all that are still there (`versions`: newest first). A version counts by when it was current, not by when
 * it was made: one of last year that was replaced an hour ago is what a reader of yesterday saw.
 */
export const keptVersions = (
  versions: readonly KnownVersion[],
  { newest, allForMs, dailyForMs }: Retention,
  nowMs: number,
): KnownVersion[] => {
  const daily = midnights(nowMs, dailyForMs).map((midnightMs) =>
    versions.find(({ createdAt }) => Date.parse(createdAt) <= midnightMs),
  );
  const isKept = (version: KnownVersion, index: number): boolean =>
    index <= newest ||
    version.tags.length > 0 ||
    (version.supersededAt !== undefined && Date.parse(version.supersededAt) >= nowMs - allForMs) ||
    daily.includes(version);
  return versions.filter((version, index) => version.state !== 'expired' && isKept(version, index));
};
