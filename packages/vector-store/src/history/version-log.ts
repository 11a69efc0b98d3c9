import { historyKey, manifestKey } from '../snapshot/index-paths.ts';
import { jsonBytes, parseHistoryPage, type Head, type Manifest } from '../snapshot/manifest.ts';
import type { ObjectPointer, VersionEntry, VersionLog } from '../snapshot/manifest.ts';
import { putImmutable, readImmutable } from '../store/immutable-objects.ts';
import { readObject, type ObjectStore } from '../store/object-store.ts';

/** Versions that a manifest lists itself; so many at a time go into a page. */
export const VERSIONS_A_PAGE = 32;

/** Where the manifest of a version lies. */
export const manifestKeyOf = (
  indexPath: string,
  { version, publishId }: Pick<VersionEntry, 'version' | 'publishId'>,
): string => manifestKey(indexPath, version, publishId);

/** What the log says of a version. */
export const entryOf = ({ publish }: Manifest, sha256: string): VersionEntry => ({
  version: publish.version,
  publishId: publish.publishId,
  sha256,
  createdAt: publish.createdAt,
  documents: publish.counts.documents,
  chunks: publish.counts.chunks,
  ...(publish.change !== undefined && { change: publish.change }),
});

/**
 * The log that the next manifest carries: that of `before`, and `before` itself. A full list goes into a page of its own that names the
 * page before it, so that a publish costs the same however many versions there were. Only committed versions are ever in it: a
 * manifest without a commit is nobody's ancestor.
 */
export const nextLog = async (
  { store, indexPath, publishId }: { store: ObjectStore; indexPath: string; publishId: string },
  before: Manifest | undefined,
  { manifestSha256 }: Pick<Head, 'manifestSha256'>,
): Promise<VersionLog> => {
  if (before === undefined || manifestSha256 === undefined) return { recent: [] };
  const { recent, older }: VersionLog = before.publish.history ?? { recent: [] };
  const entry = entryOf(before, manifestSha256);
  if (recent.length < VERSIONS_A_PAGE)
    return { recent: [...recent, entry], ...(older !== undefined && { older }) };
  const page = jsonBytes({
    format: 'history-page.v1',
    versions: recent,
    ...(older !== undefined && { older }),
  });
  const key = historyKey(indexPath, before.publish.version, publishId);
  return { recent: [entry], older: await putImmutable(store, key, page, 'application/json') };
};

/** A page of the log and where it lies. */
export interface LogPage {
  pointer: ObjectPointer;
  versions: VersionEntry[];
}

/**
 * Pages of a log, newest first. A page that is gone ends it: its versions have all expired. Errors: OBJECT_CORRUPT, HISTORY_CORRUPT,
 * STORE_UNAVAILABLE.
 */
export const logPages = async function* (
  store: ObjectStore,
  log: VersionLog | undefined,
): AsyncGenerator<LogPage> {
  for (let pointer = log?.older; pointer !== undefined;) {
    if ((await readObject(store, pointer.key, { range: { start: 0, end: 1 } })) === undefined) return;
    const { body } = await readImmutable(store, pointer);
    const page = parseHistoryPage(body, pointer.key);
    yield { pointer, versions: page.versions };
    pointer = page.older;
  }
};
