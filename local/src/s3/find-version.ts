import { findOlder, getCurrent } from './catalog.ts';
import { httpDate, versionHeader } from './object-headers.ts';
import type { BucketRecord, ObjectVersion, StoredObject } from './records.ts';
import { requireBucket, type S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import { isVersionId } from './sequence.ts';

export interface VersionAddress {
  bucket: string;
  key: string;
  /** Absent: the current version. */
  versionId: string | undefined;
}

const checkVersionId = (versionId: string | undefined): void => {
  if (versionId === undefined || isVersionId(versionId)) return;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid version id specified',
    details: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
};

/** The version asked for, or undefined; it may be a delete marker. */
export const lookUp = async (
  context: S3Context,
  { bucket, key, versionId }: VersionAddress,
): Promise<ObjectVersion | undefined> => {
  checkVersionId(versionId);
  const current = await getCurrent(context.store, bucket, key);
  if (versionId === undefined || current?.versionId === versionId) return current;
  return findOlder(context.store, { bucket, key }, versionId);
};

const markerError = (bucket: BucketRecord, marker: ObjectVersion, versionId: string | undefined): S3Error => {
  const headers = { 'x-amz-delete-marker': 'true', ...versionHeader(bucket, marker) };
  if (versionId === undefined) return new S3Error('NoSuchKey', { headers, details: { Key: marker.key } });
  return new S3Error('MethodNotAllowed', {
    headers: { ...headers, allow: 'DELETE', 'last-modified': httpDate(marker.modifiedMs) },
    details: { Method: 'GET', ResourceType: 'DeleteMarker' },
  });
};

/** The object asked for; throws as S3 does when it is absent or hidden by a delete marker. */
export const requireObject = async (
  context: S3Context,
  address: VersionAddress,
): Promise<{ bucket: BucketRecord; version: StoredObject }> => {
  const bucket = await requireBucket(context, address.bucket);
  const version = await lookUp(context, address);
  if (version?.kind === 'object') return { bucket, version };
  if (version !== undefined) throw markerError(bucket, version, address.versionId);
  if (address.versionId === undefined) throw new S3Error('NoSuchKey', { details: { Key: address.key } });
  throw new S3Error('NoSuchVersion', { details: { Key: address.key, VersionId: address.versionId } });
};
