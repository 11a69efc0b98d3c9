import { checkWriteConditions } from './conditions.ts';
import { findOlder, getCurrent, objectRow, versionRow } from './catalog.ts';
import { createdNotification, type CreationReason } from './notifications.ts';
import {
  del,
  NULL_VERSION,
  put,
  slicesOf,
  type BucketRecord,
  type ObjectDraft,
  type ObjectVersion,
  type StoredObject,
  type StoreOperation,
} from './records.ts';
import { requireBucket, type S3Context } from './s3-context.ts';
import type { S3Request } from './s3-request.ts';
import { orderOf } from './sequence.ts';

export interface Superseded {
  operations: StoreOperation[];
  /** Blobs that nothing refers to after the batch. */
  dropped: string[];
}

/**
 * Makes `next` the current version. A version with an id moves behind it; a null version is replaced, wherever it is,
 * when `next` is a null version too.
 */
export const supersede = async (
  context: S3Context,
  bucket: BucketRecord,
  current: ObjectVersion | undefined,
  next: ObjectVersion,
): Promise<Superseded> => {
  const { name } = bucket;
  const operations = [put(objectRow(name, next.key), next)];
  if (current === undefined) return { operations, dropped: [] };
  const replacesNull = next.versionId === NULL_VERSION;
  if (replacesNull && current.versionId === NULL_VERSION) return { operations, dropped: slicesOf(current) };
  operations.push(put(versionRow(name, current.key, current.order), current));
  if (!replacesNull) return { operations, dropped: [] };
  const older = await findOlder(context.store, { bucket: name, key: next.key }, NULL_VERSION);
  if (older !== undefined) operations.push(del(versionRow(name, older.key, older.order)));
  return { operations, dropped: slicesOf(older) };
};

export interface Upload {
  draft: ObjectDraft;
  reason: CreationReason;
  /** Further operations for the same batch. */
  also?: StoreOperation[];
}

export interface Committed {
  bucket: BucketRecord;
  version: StoredObject;
}

/**
 * Turns a complete body into the current version of `request.key`: the conditions of the request are checked and the
 * batch is written under one lock, so one of many racing conditional writers wins. The event is part of the batch.
 */
export const commitObject = async (
  context: S3Context,
  request: S3Request,
  upload: Upload,
): Promise<Committed> => {
  const { store, locks, sequence, clock, outbox, blobs } = context;
  return locks.run(request.bucket, async () => {
    const bucket = await requireBucket(context, request.bucket);
    const current = await getCurrent(store, request.bucket, request.key);
    checkWriteConditions(current, request.headers, request.key);
    const { value, operation } = sequence.next();
    const order = orderOf(value);
    const version: StoredObject = {
      kind: 'object',
      ...upload.draft,
      key: request.key,
      order,
      versionId: bucket.versioning === 'Enabled' ? order : NULL_VERSION,
      modifiedMs: clock.nowMs(),
    };
    const { operations, dropped } = await supersede(context, bucket, current, version);
    const origin = { ...request, accountId: context.accountId };
    const change = { bucket, version, sequence: value, origin, timeMs: version.modifiedMs };
    const event = outbox.record(change, () => createdNotification(change, upload.reason));
    await store.batch([...operations, ...(upload.also ?? []), operation, ...event]);
    outbox.dispatch(event);
    await blobs.remove(dropped);
    return { bucket, version };
  });
};

/** As {@link commitObject}, but the new blobs are removed when it fails. */
export const commitOrDiscard = async (
  context: S3Context,
  request: S3Request,
  upload: Upload,
): Promise<Committed> => {
  try {
    return await commitObject(context, request, upload);
  } catch (error) {
    await context.blobs.remove(upload.draft.slices.map(({ blob }) => blob));
    throw error;
  }
};
