import { authorize } from './authorize.ts';
import { getCurrent, newestOlder, objectRow, versionRow } from './catalog.ts';
import { supersede } from './commit.ts';
import { checkWriteConditions } from './conditions.ts';
import { lookUp, type VersionAddress } from './find-version.ts';
import { deletedNotification, type DeletionType } from './notifications.ts';
import {
  del,
  NULL_VERSION,
  put,
  slicesOf,
  type BucketRecord,
  type DeleteMarker,
  type ObjectVersion,
  type StoreOperation,
} from './records.ts';
import { receiveText } from './body.ts';
import { requireBucket, xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { isS3Error, S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { orderOf } from './sequence.ts';
import { childrenOf, element, leaf, parseDocument, textOf, xmlDocument } from './xml.ts';

const MAX_KEYS = 1000;

interface Deletion {
  /** The version that is gone, or the marker that was made. */
  version: ObjectVersion;
  type: DeletionType;
}

interface Plan extends Deletion {
  operations: StoreOperation[];
  dropped: string[];
}

const erase = async (context: S3Context, address: VersionAddress, version: ObjectVersion): Promise<Plan> => {
  const { bucket, key } = address;
  const current = await getCurrent(context.store, bucket, key);
  const plan = { version, type: 'Permanently Deleted' as const, dropped: slicesOf(version) };
  if (current?.order !== version.order)
    return { ...plan, operations: [del(versionRow(bucket, key, version.order))] };
  const next = await newestOlder(context.store, bucket, key);
  if (next === undefined) return { ...plan, operations: [del(objectRow(bucket, key))] };
  return {
    ...plan,
    operations: [put(objectRow(bucket, key), next), del(versionRow(bucket, key, next.order))],
  };
};

const mark = async (
  context: S3Context,
  bucket: BucketRecord,
  { key, sequence }: { key: string; sequence: number },
): Promise<Plan> => {
  const order = orderOf(sequence);
  const version: DeleteMarker = {
    kind: 'marker',
    key,
    order,
    versionId: bucket.versioning === 'Enabled' ? order : NULL_VERSION,
    modifiedMs: context.clock.nowMs(),
  };
  const current = await getCurrent(context.store, bucket.name, key);
  return { version, type: 'Delete Marker Created', ...(await supersede(context, bucket, current, version)) };
};

const planDeletion = async (
  context: S3Context,
  bucket: BucketRecord,
  { address, sequence }: { address: VersionAddress; sequence: number },
): Promise<Plan | undefined> => {
  if (address.versionId === undefined && bucket.versioning !== undefined)
    return mark(context, bucket, { key: address.key, sequence });
  const version = await lookUp(context, address);
  return version === undefined ? undefined : erase(context, address, version);
};

/** Deletes under the lock of the bucket; undefined when there was nothing to delete. */
const deleteVersion = async (
  context: S3Context,
  request: S3Request,
  address: VersionAddress,
): Promise<Deletion | undefined> =>
  context.locks.run(address.bucket, async () => {
    const bucket = await requireBucket(context, address.bucket);
    const { 'if-match': ifMatch } = request.headers;
    if (ifMatch !== undefined) {
      const current = await getCurrent(context.store, address.bucket, address.key);
      checkWriteConditions(current, { 'if-match': ifMatch }, address.key);
    }
    const { value, operation } = context.sequence.next();
    const plan = await planDeletion(context, bucket, { address, sequence: value });
    if (plan === undefined) return undefined;
    const { version, type } = plan;
    const origin = { ...request, accountId: context.accountId };
    const change = { bucket, version, sequence: value, origin, timeMs: context.clock.nowMs() };
    const event = context.outbox.record(change, () => deletedNotification(change, type));
    await context.store.batch([...plan.operations, operation, ...event]);
    context.outbox.dispatch(event);
    await context.blobs.remove(plan.dropped);
    return { version, type };
  });

/** Deleting what is not there succeeds, as on AWS. */
export const deleteObject: Operation = async (context, request) => {
  const versionId = request.query.get('versionId') ?? undefined;
  const bucket = await requireBucket(context, request.bucket);
  const done = await deleteVersion(context, request, { ...request, versionId });
  const id = versionId ?? (bucket.versioning === undefined ? undefined : done?.version.versionId);
  return {
    status: 204,
    headers: {
      ...(id === undefined ? {} : { 'x-amz-version-id': id }),
      ...(done?.version.kind === 'marker' ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
};

interface Wanted {
  key: string;
  versionId: string | undefined;
  etag: string | undefined;
}

const parseDelete = (document: string): { wanted: Wanted[]; quiet: boolean } => {
  const root = parseDocument(document, 'Delete');
  const wanted = childrenOf(root, 'Object').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    versionId: textOf(object, 'VersionId'),
    etag: textOf(object, 'ETag'),
  }));
  if (wanted.length === 0 || wanted.length > MAX_KEYS) throw new S3Error('MalformedXML');
  return { wanted, quiet: textOf(root, 'Quiet') === 'true' };
};

const deletedElement = (wanted: Wanted, done: Deletion | undefined): string => {
  const marker = done?.version.kind === 'marker' ? done.version.versionId : undefined;
  return element(
    'Deleted',
    leaf('Key', wanted.key),
    leaf('VersionId', wanted.versionId),
    leaf('DeleteMarker', marker === undefined ? undefined : true),
    leaf('DeleteMarkerVersionId', marker),
  );
};

const errorElement = (wanted: Wanted, error: S3Error): string =>
  element(
    'Error',
    leaf('Key', wanted.key),
    leaf('VersionId', wanted.versionId),
    leaf('Code', error.code),
    leaf('Message', error.message),
  );

const deleteOne = async (
  context: S3Context,
  { request, bucket }: { request: S3Request; bucket: BucketRecord },
  wanted: Wanted,
): Promise<{ element: string; failed: boolean }> => {
  const headers = { ...request.headers, ...(wanted.etag === undefined ? {} : { 'if-match': wanted.etag }) };
  const one: S3Request = { ...request, key: wanted.key, headers };
  try {
    authorize(context, bucket, { request: one, action: 's3:DeleteObject' });
    const done = await deleteVersion(context, one, { ...wanted, bucket: request.bucket });
    return { element: deletedElement(wanted, done), failed: false };
  } catch (error) {
    if (!isS3Error(error)) throw error;
    return { element: errorElement(wanted, error), failed: true };
  }
};

/** Up to 1000 keys, each with its own success or failure. */
export const deleteObjects: Operation = async (context, request) => {
  const bucket = await requireBucket(context, request.bucket);
  const { wanted, quiet } = parseDelete(await receiveText(request));
  const elements: string[] = [];
  for (const one of wanted) {
    const result = await deleteOne(context, { request, bucket }, one);
    if (result.failed || !quiet) elements.push(result.element);
  }
  return xmlResponse(xmlDocument('DeleteResult', ...elements));
};
