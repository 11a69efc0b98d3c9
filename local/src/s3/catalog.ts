import type { Store } from '../common/store.ts';
import {
  NULL_VERSION,
  type BucketRecord,
  type ObjectVersion,
  type PartRecord,
  type UploadRecord,
} from './records.ts';

/** Keeps NUL free as a separator; order and prefixes stay those of the UTF-8 bytes. */
const escapeKey = (key: string): string =>
  // eslint-disable-next-line no-control-regex -- the two lowest code points are the subject
  key.replace(/[\u0000\u0001]/g, (character) => (character === '\0' ? '\u0001\u0001' : '\u0001\u0002'));

const row = (table: string, ...fields: string[]): string => [table, ...fields].join('\0');

export const bucketRow = (name: string): string => row('bucket', name);
export const objectRow = (bucket: string, key: string): string => row('object', bucket, escapeKey(key));
export const versionRow = (bucket: string, key: string, order: string): string =>
  row('version', bucket, escapeKey(key), order);
export const uploadRow = (bucket: string, key: string, uploadId: string): string =>
  row('upload', bucket, escapeKey(key), uploadId);
export const partRow = (uploadId: string, partNumber: number): string =>
  row('part', uploadId, String(partNumber).padStart(5, '0'));

/** The rows that begin with `prefix`, as a range of bytes: 0xff occurs in no UTF-8 text. */
export const rowsWithPrefix = (prefix: string): { gte: Buffer; lt: Buffer; keyEncoding: 'buffer' } => ({
  gte: Buffer.from(prefix),
  lt: Buffer.concat([Buffer.from(prefix), Buffer.from([0xff])]),
  keyEncoding: 'buffer',
});

export const getBucket = async (store: Store, name: string): Promise<BucketRecord | undefined> =>
  (await store.get(bucketRow(name))) as BucketRecord | undefined;

export const listBuckets = async (store: Store): Promise<BucketRecord[]> =>
  (await store.values<Buffer, unknown>(rowsWithPrefix(bucketRow(''))).all()) as BucketRecord[];

/** The newest version of a key, which may be a delete marker. Older ones are in the version table. */
export const getCurrent = async (
  store: Store,
  bucket: string,
  key: string,
): Promise<ObjectVersion | undefined> =>
  (await store.get(objectRow(bucket, key))) as ObjectVersion | undefined;

/** The versions behind the current one, newest first. */
export const olderVersions = (store: Store, bucket: string, key: string): AsyncIterable<ObjectVersion> =>
  store.values<Buffer, unknown>(rowsWithPrefix(versionRow(bucket, key, ''))) as AsyncIterable<ObjectVersion>;

const findNullVersion = async (
  store: Store,
  bucket: string,
  key: string,
): Promise<ObjectVersion | undefined> => {
  for await (const version of olderVersions(store, bucket, key))
    if (version.versionId === NULL_VERSION) return version;
  return undefined;
};

/** A version behind the current one. The id of a version is its place in the order, except for the null version. */
export const findOlder = async (
  store: Store,
  { bucket, key }: { bucket: string; key: string },
  versionId: string,
): Promise<ObjectVersion | undefined> =>
  versionId === NULL_VERSION
    ? findNullVersion(store, bucket, key)
    : ((await store.get(versionRow(bucket, key, versionId))) as ObjectVersion | undefined);

export const newestOlder = async (
  store: Store,
  bucket: string,
  key: string,
): Promise<ObjectVersion | undefined> => {
  for await (const version of olderVersions(store, bucket, key)) return version;
  return undefined;
};

export const getUpload = async (
  store: Store,
  { bucket, key }: { bucket: string; key: string },
  uploadId: string,
): Promise<UploadRecord | undefined> =>
  (await store.get(uploadRow(bucket, key, uploadId))) as UploadRecord | undefined;

export const listParts = async (store: Store, uploadId: string): Promise<PartRecord[]> =>
  (await store.values<Buffer, unknown>(rowsWithPrefix(row('part', uploadId, ''))).all()) as PartRecord[];

export const uploadsOf = (store: Store, bucket: string): AsyncIterable<UploadRecord> =>
  store.values<Buffer, unknown>(rowsWithPrefix(row('upload', bucket, ''))) as AsyncIterable<UploadRecord>;

/** True when any version or delete marker is left. */
export const hasObjects = async (store: Store, bucket: string): Promise<boolean> => {
  // a key with older versions always has a current one
  const range = { ...rowsWithPrefix(objectRow(bucket, '')), limit: 1 };
  return (await store.values<Buffer, unknown>(range).all()).length > 0;
};

/** Every blob that a record refers to. */
export const referencedBlobs = async (store: Store): Promise<Set<string>> => {
  const blobs = new Set<string>();
  for (const table of ['object', 'version'])
    for await (const value of store.values<Buffer, unknown>(rowsWithPrefix(row(table, '')))) {
      const version = value as ObjectVersion;
      if (version.kind === 'object') for (const { blob } of version.slices) blobs.add(blob);
    }
  for await (const value of store.values<Buffer, unknown>(rowsWithPrefix(row('part', ''))))
    blobs.add((value as PartRecord).blob);
  return blobs;
};
