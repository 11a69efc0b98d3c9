import { randomBytes } from 'node:crypto';
import { receiveBody, type ReceivedBody } from './body.ts';
import { getUpload, listParts, partRow, uploadRow } from './catalog.ts';
import { checksumElement, checksumHeader, checksumTypeOf, parseAlgorithm } from './checksums.ts';
import { copyBytes, sourceVersionHeader, withSource } from './copy.ts';
import { isoSecond, quoted, storedHeaders } from './object-headers.ts';
import { parseRange } from './range.ts';
import { del, type PartRecord, type StoreOperation, type UploadRecord } from './records.ts';
import { requireBucket, xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import { wholeNumber, type S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';
import { leaf, xmlDocument } from './xml.ts';

const MAX_PART_NUMBER = 10_000;

/** Uploads of one key are listed in the order they began. */
const newUploadId = (nowMs: number): string =>
  Math.floor(nowMs).toString(16).padStart(12, '0') + randomBytes(26).toString('hex');

const checksumOf = ({ headers }: S3Request): UploadRecord['checksum'] => {
  const name = headers['x-amz-checksum-algorithm'];
  if (name === undefined) return undefined;
  const algorithm = parseAlgorithm(name);
  return { algorithm, type: checksumTypeOf(algorithm, headers['x-amz-checksum-type']) };
};

export const createUpload: Operation = async (context, request) => {
  const { bucket, key, headers } = request;
  await requireBucket(context, bucket);
  const initiatedMs = context.clock.nowMs();
  const checksum = checksumOf(request);
  const upload: UploadRecord = {
    uploadId: newUploadId(initiatedMs),
    bucket,
    key,
    initiatedMs,
    headers: storedHeaders(headers),
    tags: tagsOfHeader(headers['x-amz-tagging']),
    ...(checksum === undefined ? {} : { checksum }),
  };
  await context.store.put(uploadRow(bucket, key, upload.uploadId), upload);
  return xmlResponse(
    xmlDocument(
      'InitiateMultipartUploadResult',
      leaf('Bucket', bucket),
      leaf('Key', key),
      leaf('UploadId', upload.uploadId),
    ),
    checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type },
  );
};

export const requireUpload = async (context: S3Context, request: S3Request): Promise<UploadRecord> => {
  const uploadId = request.query.get('uploadId') ?? '';
  await requireBucket(context, request.bucket);
  const upload = await getUpload(context.store, request, uploadId);
  if (upload === undefined) throw new S3Error('NoSuchUpload', { details: { UploadId: uploadId } });
  return upload;
};

/** Parts change, and the upload ends, one after another. */
export const uploadLock = (uploadId: string): string => `upload/${uploadId}`;

const partNumberOf = ({ query }: S3Request): number => {
  const partNumber = wholeNumber(query, 'partNumber', 0);
  if (partNumber < 1 || partNumber > MAX_PART_NUMBER)
    throw new S3Error('InvalidArgument', {
      message: `Part number must be an integer between 1 and ${String(MAX_PART_NUMBER)}, inclusive`,
      details: { ArgumentName: 'partNumber', ArgumentValue: query.get('partNumber') ?? '' },
    });
  return partNumber;
};

/** Replaces an earlier part of the same number, unless the upload has ended meanwhile. */
const keepPart = async (context: S3Context, request: S3Request, body: ReceivedBody): Promise<PartRecord> => {
  const { blob, sizeBytes, etag, checksums } = body;
  const partNumber = partNumberOf(request);
  const part: PartRecord = {
    partNumber,
    blob,
    sizeBytes,
    etag,
    checksums,
    modifiedMs: context.clock.nowMs(),
  };
  const uploadId = request.query.get('uploadId') ?? '';
  try {
    return await context.locks.run(uploadLock(uploadId), async () => {
      await requireUpload(context, request);
      const row = partRow(uploadId, partNumber);
      const earlier = (await context.store.get(row)) as PartRecord | undefined;
      await context.store.put(row, part);
      if (earlier !== undefined) await context.blobs.remove([earlier.blob]);
      return part;
    });
  } catch (error) {
    await context.blobs.remove([blob]);
    throw error;
  }
};

export const uploadPart: Operation = async (context, request) => {
  partNumberOf(request);
  const upload = await requireUpload(context, request);
  const body = await receiveBody(context.blobs, request, [upload.checksum?.algorithm ?? 'CRC64NVME']);
  const part = await keepPart(context, request, body);
  return {
    status: 200,
    headers: {
      etag: quoted(part.etag),
      [checksumHeader(body.algorithm)]: body.checksums[body.algorithm] ?? '',
      'x-amz-server-side-encryption': upload.headers['x-amz-server-side-encryption'] ?? 'AES256',
    },
  };
};

export const uploadPartCopy: Operation = async (context, request) => {
  partNumberOf(request);
  const upload = await requireUpload(context, request);
  return withSource(context, request, async (source) => {
    const range = parseRange(request.headers['x-amz-copy-source-range'], source.version.sizeBytes);
    const algorithms = [upload.checksum?.algorithm ?? 'CRC64NVME'] as const;
    const body = await copyBytes(context, source.version, { ...(range && { range }), algorithms });
    const part = await keepPart(context, request, body);
    const document = xmlDocument(
      'CopyPartResult',
      leaf('LastModified', isoSecond(part.modifiedMs)),
      leaf('ETag', quoted(part.etag)),
      leaf(checksumElement(body.algorithm), body.checksums[body.algorithm]),
    );
    return xmlResponse(document, sourceVersionHeader(source));
  });
};

/** What ends an upload: its rows go, and the blobs of its parts are free. */
export const uploadRemoval = async (
  context: S3Context,
  { bucket, key, uploadId }: UploadRecord,
): Promise<{ operations: StoreOperation[]; parts: PartRecord[] }> => {
  const parts = await listParts(context.store, uploadId);
  const rows = [
    uploadRow(bucket, key, uploadId),
    ...parts.map(({ partNumber }) => partRow(uploadId, partNumber)),
  ];
  return { operations: rows.map(del), parts };
};

export const abortUpload: Operation = async (context, request) =>
  context.locks.run(uploadLock(request.query.get('uploadId') ?? ''), async () => {
    const upload = await requireUpload(context, request);
    const { operations, parts } = await uploadRemoval(context, upload);
    await context.store.batch(operations);
    await context.blobs.remove(parts.map(({ blob }) => blob));
    return { status: 204 };
  });
