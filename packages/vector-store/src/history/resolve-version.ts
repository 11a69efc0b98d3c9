import type { ObjectStore } from '../store/object-store.ts';
import { asOfInvalid, tagUnknown, versionExpired, versionUnknown } from './history-errors.ts';
import { readVersions, type KnownVersion } from './versions.ts';

/** A version, a time as ISO 8601 (UTC where it names no zone), or a tag. */
export type AsOf = number | string;

const TIME = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?$/;

const timeOf = (text: string): number => {
  const hasZone = !text.includes('T') || /(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const timeMs = TIME.test(text) ? Date.parse(hasZone ? text : `${text}Z`) : NaN;
  if (Number.isNaN(timeMs)) throw asOfInvalid(text);
  return timeMs;
};

interface Sought {
  what: string;
  found: KnownVersion | undefined;
}

const seek = (versions: readonly KnownVersion[], indexPath: string, asOf: AsOf): Sought => {
  const text = String(asOf);
  if (/^\d+$/.test(text)) {
    const found = versions.find(({ version }) => version === Number(text));
    return { what: `version ${text}`, found };
  }
  if (/^\d{4}-/.test(text)) {
    const timeMs = timeOf(text);
    // The version that stood at that time: an older one that happens to be kept would be another content.
    const found = versions.find(({ createdAt }) => Date.parse(createdAt) <= timeMs);
    return { what: `the version of ${new Date(timeMs).toISOString()}`, found };
  }
  const found = versions.find(({ tags }) => tags.includes(text));
  if (!found) throw tagUnknown(indexPath, text);
  return { what: `tag ${text}`, found };
};

/** The version among `versions` (newest first) that `asOf` means; see {@link resolveVersion}. */
export const findVersion = (
  versions: readonly KnownVersion[],
  indexPath: string,
  asOf: AsOf,
): KnownVersion => {
  const { what, found } = seek(versions, indexPath, asOf);
  const [newest] = versions;
  const first = versions.at(-1);
  const oldest = versions.findLast(({ state }) => state !== 'expired');
  if (found && found.state !== 'expired') return found;
  // What lies before the log was let go long ago.
  const isBeforeLog = typeof asOf === 'number' && asOf >= 1 && asOf < (first?.version ?? 0);
  if (found || isBeforeLog) throw versionExpired(indexPath, what, oldest);
  throw versionUnknown(indexPath, what, newest?.version);
};

/**
 * The version that `asOf` means, while it can be read. Errors: VERSION_EXPIRED (names the oldest that is kept), VERSION_UNKNOWN,
 * TAG_UNKNOWN, AS_OF_INVALID (all invalid), those of {@link readVersions}.
 */
export const resolveVersion = async (
  store: ObjectStore,
  indexPath: string,
  asOf: AsOf,
): Promise<KnownVersion> => findVersion(await readVersions(store, indexPath), indexPath, asOf);
