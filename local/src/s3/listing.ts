import type { Store } from '../common/store.ts';
import { objectRow, olderVersions, rowsWithPrefix } from './catalog.ts';
import type { ObjectVersion, StoredObject } from './records.ts';

export interface ListQuery {
  bucket: string;
  prefix: string;
  /** Empty for none. */
  delimiter: string;
  maxKeys: number;
  /** Only what sorts after this key, or after everything under this common prefix. */
  after: string;
}

export interface ListPage<Item> {
  items: Item[];
  commonPrefixes: string[];
  truncated: boolean;
  /** The last item or common prefix of the page: where the next one goes on. */
  last: string;
}

/** The part of a key up to the first delimiter behind the prefix, when there is one. */
export const commonPrefixOf = (
  key: string,
  { prefix, delimiter }: Pick<ListQuery, 'prefix' | 'delimiter'>,
): string | undefined => {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
};

/** The first row behind everything that begins with `prefix`. */
const behind = (bucket: string, prefix: string): Buffer => rowsWithPrefix(objectRow(bucket, prefix)).lt;

const startOf = ({ bucket, prefix, delimiter, after }: ListQuery): Buffer => {
  const from = Buffer.from(objectRow(bucket, prefix));
  if (after === '') return from;
  const isCommonPrefix = commonPrefixOf(after, { prefix, delimiter }) === after;
  // the row of the key itself is left out: nothing sorts between a key and the key with a NUL appended
  const start = isCommonPrefix ? behind(bucket, after) : Buffer.from(`${objectRow(bucket, after)}\0`);
  return Buffer.compare(start, from) > 0 ? start : from;
};

/** One page of live objects. A common prefix costs one seek, however much lies under it. */
export const listObjects = async (store: Store, query: ListQuery): Promise<ListPage<StoredObject>> => {
  const page: ListPage<StoredObject> = { items: [], commonPrefixes: [], truncated: false, last: '' };
  if (query.maxKeys === 0) return page;
  const range = { ...rowsWithPrefix(objectRow(query.bucket, query.prefix)), gte: startOf(query) };
  const values = store.values<Buffer, unknown>(range);
  try {
    for (;;) {
      const version = (await values.next()) as ObjectVersion | undefined;
      if (version === undefined) return page;
      if (version.kind === 'marker') continue;
      if (page.items.length + page.commonPrefixes.length === query.maxKeys)
        return { ...page, truncated: true };
      const common = commonPrefixOf(version.key, query);
      page.last = common ?? version.key;
      if (common === undefined) page.items.push(version);
      else {
        page.commonPrefixes.push(common);
        values.seek(behind(query.bucket, common), { keyEncoding: 'buffer' });
      }
    }
  } finally {
    await values.close();
  }
};

export interface ListedVersion {
  version: ObjectVersion;
  isLatest: boolean;
}

export interface VersionQuery extends ListQuery {
  /** With `after`: only the versions of that key older than this one, then the keys behind it. */
  afterVersionId: string;
}

const versionsOfKey = async function* (
  store: Store,
  bucket: string,
  current: ObjectVersion,
): AsyncGenerator<ListedVersion> {
  yield { version: current, isLatest: true };
  for await (const version of olderVersions(store, bucket, current.key)) yield { version, isLatest: false };
};

/** Every version from where the query begins, keys ascending, newest version first. */
const versionsFrom = async function* (store: Store, query: VersionQuery): AsyncGenerator<ListedVersion> {
  const { bucket, prefix, after, afterVersionId } = query;
  const resume = afterVersionId !== '' && after !== '';
  const from = resume ? Buffer.from(objectRow(bucket, after)) : startOf(query);
  const range = { ...rowsWithPrefix(objectRow(bucket, prefix)), gte: from };
  for await (const value of store.values<Buffer, unknown>(range)) {
    const current = value as ObjectVersion;
    let passed = !(resume && current.key === after);
    for await (const listed of versionsOfKey(store, bucket, current)) {
      if (passed) yield listed;
      else passed = listed.version.versionId === afterVersionId;
    }
  }
};

export interface VersionPage extends ListPage<ListedVersion> {
  /** Empty when the page ends with a common prefix. */
  lastVersionId: string;
}

/** One page of versions and delete markers. */
export const listVersions = async (store: Store, query: VersionQuery): Promise<VersionPage> => {
  const page: VersionPage = { items: [], commonPrefixes: [], truncated: false, last: '', lastVersionId: '' };
  if (query.maxKeys === 0) return page;
  for await (const listed of versionsFrom(store, query)) {
    const common = commonPrefixOf(listed.version.key, query);
    if (common !== undefined && common === page.commonPrefixes.at(-1)) continue;
    if (page.items.length + page.commonPrefixes.length === query.maxKeys) return { ...page, truncated: true };
    page.last = common ?? listed.version.key;
    page.lastVersionId = common === undefined ? listed.version.versionId : '';
    if (common === undefined) page.items.push(listed);
    else page.commonPrefixes.push(common);
  }
  return page;
};
