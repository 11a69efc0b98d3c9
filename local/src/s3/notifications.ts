import { randomUUID } from 'node:crypto';
import { isoSecond } from './object-headers.ts';
import type { BucketRecord, ObjectVersion, StoredObject } from './records.ts';
import { sequencerOf } from './sequence.ts';
import { childOf, parseXml } from './xml.ts';

export type CreationReason = 'PutObject' | 'CompleteMultipartUpload' | 'CopyObject' | 'POST Object';
export type DeletionType = 'Permanently Deleted' | 'Delete Marker Created';

/** What S3 hands to the default event bus, in EventBridge's envelope. */
export interface S3Notification {
  version: '0';
  id: string;
  'detail-type': 'Object Created' | 'Object Deleted';
  source: 'aws.s3';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: {
    version: '0';
    bucket: { name: string };
    object: { key: string; size?: number; etag?: string; 'version-id'?: string; sequencer: string };
    'request-id': string;
    requester: string;
    'source-ip-address': string;
    reason: CreationReason | 'DeleteObject';
    'deletion-type'?: DeletionType;
  };
}

/** Who did it, for the event. */
export interface Origin {
  requestId: string;
  sourceIp: string;
  accountId: string;
}

const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

/** S3 tells EventBridge of everything, or of nothing: there is no filter in the bucket. */
export const sendsToEventBridge = (bucket: BucketRecord): boolean => {
  const document = bucket.configurations['notification'];
  return document !== undefined && childOf(parseXml(document), 'EventBridgeConfiguration') !== undefined;
};

const envelope = (
  bucket: BucketRecord,
  detailType: S3Notification['detail-type'],
  timeMs: number,
): Omit<S3Notification, 'account' | 'detail'> => ({
  version: '0',
  id: randomUUID(),
  'detail-type': detailType,
  source: 'aws.s3',
  time: isoSecond(timeMs).replace('.000', ''),
  region: bucket.region,
  resources: [`arn:aws:s3:::${bucket.name}`],
});

const detailOf = (bucket: BucketRecord, origin: Origin) => ({
  version: '0' as const,
  bucket: { name: bucket.name },
  'request-id': origin.requestId,
  requester: origin.accountId,
  'source-ip-address': origin.sourceIp,
});

export interface Change {
  bucket: BucketRecord;
  version: ObjectVersion;
  sequence: number;
  origin: Origin;
  timeMs: number;
}

const objectOf = ({ bucket, version, sequence }: Change) => ({
  key: version.key,
  ...(bucket.versioning === undefined ? {} : { 'version-id': version.versionId }),
  sequencer: sequencerOf(sequence),
});

export const createdNotification = (
  change: Change & { version: StoredObject },
  reason: CreationReason,
): S3Notification => ({
  ...envelope(change.bucket, 'Object Created', change.timeMs),
  account: change.origin.accountId,
  detail: {
    ...detailOf(change.bucket, change.origin),
    object: { ...objectOf(change), size: change.version.sizeBytes, etag: change.version.etag },
    reason,
  },
});

/** `version` is the marker that was made, or the version that is gone. */
export const deletedNotification = (change: Change, deletionType: DeletionType): S3Notification => {
  // S3 gives the marker, which has no body, the MD5 of nothing
  const marker = deletionType === 'Delete Marker Created' ? { etag: EMPTY_MD5 } : {};
  return {
    ...envelope(change.bucket, 'Object Deleted', change.timeMs),
    account: change.origin.accountId,
    detail: {
      ...detailOf(change.bucket, change.origin),
      object: { ...objectOf(change), ...marker },
      reason: 'DeleteObject',
      'deletion-type': deletionType,
    },
  };
};
