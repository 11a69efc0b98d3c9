import { PipelineError } from '@alluvium/contracts';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type DeleteMarkerEntry,
  type ListObjectsV2CommandOutput,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type {
  GetOptions,
  ListedObject,
  ListedVersion,
  PutCondition,
  PutOptions,
  PutResult,
  StoredObject,
  VersionedObjectStore,
} from './object-store.ts';
import { preconditionFailed, rangeInvalid } from './store-errors.ts';

interface S3Store {
  client: S3Client;
  bucket: string;
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;

const storeFailure = (key: string, operation: string, cause: unknown): PipelineError => {
  const denied = statusOf(cause) === 401 || statusOf(cause) === 403;
  const reason = cause instanceof Error ? cause.message : 'no reason given';
  return new PipelineError(`S3 ${operation} of ${key} failed: ${reason}`, {
    code: denied ? 'STORE_DENIED' : 'STORE_UNAVAILABLE',
    kind: denied ? 'invalid' : 'unavailable',
    details: { key, operation, status: statusOf(cause) },
    cause,
  });
};

// "bytes 10-19/100": the total is the only place where a ranged answer says how large the object is.
const totalBytes = (contentRange: string | undefined, length: number): number =>
  Number(contentRange?.split('/')[1] ?? length);

const versionOf = ({ VersionId }: { VersionId?: string | undefined }): { versionId?: string } =>
  VersionId === undefined ? {} : { versionId: VersionId };

const putFailure = (key: string, condition: PutCondition, cause: unknown): PipelineError => {
  const status = statusOf(cause);
  // S3 answers If-Match on a key without object with 404.
  if (status === 412 || status === 409 || (status === 404 && condition.ifMatch !== undefined))
    return preconditionFailed(key, condition, { status, cause });
  return storeFailure(key, 'PUT', cause);
};

const get = async (
  { client, bucket }: S3Store,
  key: string,
  { range, ifNoneMatch, versionId }: GetOptions,
): Promise<StoredObject | 'not-modified' | undefined> => {
  try {
    const answer = await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        Range: range && `bytes=${range.start}-${range.end - 1}`,
        IfNoneMatch: ifNoneMatch,
        VersionId: versionId,
      }),
    );
    const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    return {
      key,
      body,
      etag: answer.ETag ?? '',
      sizeBytes: totalBytes(answer.ContentRange, body.length),
      ...versionOf(answer),
    };
  } catch (error) {
    const status = statusOf(error);
    if (status === 304) return 'not-modified';
    if (status === 404) return undefined;
    if (status === 416) throw rangeInvalid(key, range, error);
    throw storeFailure(key, 'GET', error);
  }
};

const put = async (
  { client, bucket }: S3Store,
  key: string,
  body: Uint8Array,
  { condition, contentType }: PutOptions & { condition: PutCondition },
): Promise<PutResult> => {
  try {
    const answer = await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType ?? 'application/octet-stream',
        IfNoneMatch: condition.ifNoneMatch,
        IfMatch: condition.ifMatch,
      }),
    );
    return { etag: answer.ETag ?? '', ...versionOf(answer) };
  } catch (error) {
    throw putFailure(key, condition, error);
  }
};

const list = async function* ({ client, bucket }: S3Store, prefix: string): AsyncGenerator<ListedObject> {
  let ContinuationToken: string | undefined;
  do {
    try {
      const page: ListObjectsV2CommandOutput = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }),
      );
      for (const { Key, Size, LastModified, ETag } of page.Contents ?? [])
        yield {
          key: Key ?? '',
          sizeBytes: Size ?? 0,
          lastModified: LastModified ?? new Date(0),
          etag: ETag ?? '',
        };
      ContinuationToken = page.NextContinuationToken;
    } catch (error) {
      throw storeFailure(prefix, 'LIST', error);
    }
  } while (ContinuationToken !== undefined);
};

type Page = ListObjectVersionsCommandOutput;

const versionsOf = ({ Versions = [], DeleteMarkers = [] }: Page): ListedVersion[] => {
  const listed = (version: DeleteMarkerEntry, sizeBytes?: number): ListedVersion => ({
    key: version.Key ?? '',
    versionId: version.VersionId ?? 'null',
    isLatest: version.IsLatest ?? false,
    isDeleteMarker: sizeBytes === undefined,
    sizeBytes: sizeBytes ?? 0,
    lastModified: version.LastModified ?? new Date(0),
  });
  return [
    ...Versions.map((version) => listed(version, version.Size ?? 0)),
    ...DeleteMarkers.map((marker) => listed(marker)),
  ];
};

// S3 lists versions and markers apart, and what is latest of a key need not be what has the latest time to the second.
const byKeyAndAge = (left: ListedVersion, right: ListedVersion): number =>
  Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)) ||
  Number(right.isLatest) - Number(left.isLatest) ||
  right.lastModified.getTime() - left.lastModified.getTime();

const listVersions = async function* (
  { client, bucket }: S3Store,
  prefix: string,
): AsyncGenerator<ListedVersion> {
  let page: Page | undefined;
  // A key may begin on one page and end on the next: it is sorted once it is whole.
  let waiting: ListedVersion[] = [];
  do {
    try {
      page = await client.send(
        new ListObjectVersionsCommand({
          Bucket: bucket,
          Prefix: prefix,
          KeyMarker: page?.NextKeyMarker,
          VersionIdMarker: page?.NextVersionIdMarker,
        }),
      );
    } catch (error) {
      throw storeFailure(prefix, 'LIST', error);
    }
    const sorted = [...waiting, ...versionsOf(page)].sort(byKeyAndAge);
    const last = page.IsTruncated === true ? sorted.at(-1)?.key : undefined;
    waiting = sorted.filter(({ key }) => key === last);
    yield* sorted.filter(({ key }) => key !== last);
  } while (page.IsTruncated === true);
};

const remove = async ({ client, bucket }: S3Store, key: string, versionId?: string): Promise<void> => {
  try {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
  } catch (error) {
    throw storeFailure(key, 'DELETE', error);
  }
};

/** One bucket as an {@link ObjectStore}. Retries are the client's; their traps are the callers' (see `publish`). */
export const s3ObjectStore = (options: { client: S3Client; bucket: string }): VersionedObjectStore => ({
  get: (key, getOptions = {}) => get(options, key, getOptions),
  put: (key, body, condition = {}, putOptions = {}) => put(options, key, body, { condition, ...putOptions }),
  list: (prefix) => list(options, prefix),
  delete: (key) => remove(options, key),
  listVersions: (prefix) => listVersions(options, prefix),
  deleteVersion: (key, versionId) => remove(options, key, versionId),
});
