import { Readable } from 'node:stream';
import { parseAlgorithm, type ChecksumAlgorithm } from './checksums.ts';
import { MAX_BODY_BYTES, receiveBody, type ReceivedBody } from './body.ts';
import { commitOrDiscard } from './commit.ts';
import { checkCopyConditions } from './conditions.ts';
import { requireObject, type VersionAddress } from './find-version.ts';
import { isoSecond, quoted, storedHeaders, versionHeader } from './object-headers.ts';
import { draftOf } from './put-object.ts';
import type { ByteRange } from './range.ts';
import type { BucketRecord, StoredObject } from './records.ts';
import { xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { tagsOfHeader } from './tags.ts';
import { leaf, xmlDocument } from './xml.ts';

const decodeSource = (header: string): string => {
  try {
    return decodeURIComponent(header);
  } catch {
    throw new S3Error('InvalidArgument', { message: 'Copy Source must be URL-encoded' });
  }
};

/** `bucket/key`, `/bucket/key`, either with `?versionId=`. */
const parseSource = (header: string): VersionAddress => {
  const [path = '', versionId] = header.split('?versionId=');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeSource(path)) ?? [];
  if (bucket === undefined || key === undefined)
    throw new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      details: { ArgumentName: 'x-amz-copy-source', ArgumentValue: header },
    });
  return { bucket, key, versionId };
};

export interface CopySource {
  bucket: BucketRecord;
  version: StoredObject;
  address: VersionAddress;
}

/** Finds the source of a copy, checks its conditions and keeps its files until `use` is done. */
export const withSource = async <T>(
  context: S3Context,
  request: S3Request,
  use: (source: CopySource) => Promise<T>,
): Promise<T> => {
  const release = context.blobs.hold();
  try {
    const address = parseSource(request.headers['x-amz-copy-source'] ?? '');
    const { bucket, version } = await requireObject(context, address);
    checkCopyConditions(version, request.headers);
    return await use({ bucket, version, address });
  } finally {
    release();
  }
};

/** Copies bytes of a stored object into a new blob. */
export const copyBytes = async (
  context: S3Context,
  version: StoredObject,
  { range, algorithms }: { range?: ByteRange; algorithms: readonly ChecksumAlgorithm[] },
): Promise<ReceivedBody> => {
  const { start, end } = range ?? { start: 0, end: version.sizeBytes - 1 };
  if (end - start + 1 > MAX_BODY_BYTES)
    throw new S3Error('InvalidRequest', {
      message: `The specified copy source is larger than the maximum allowable size for a copy source: ${String(MAX_BODY_BYTES)}`,
    });
  const body = Readable.from(context.blobs.read(version.slices, start, end));
  return receiveBody(context.blobs, { headers: {}, body }, algorithms);
};

export const sourceVersionHeader = ({ bucket, version }: CopySource): Record<string, string> =>
  bucket.versioning === undefined ? {} : { 'x-amz-copy-source-version-id': version.versionId };

const directive = (request: S3Request, name: string): boolean => {
  const value = request.headers[name] ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE')
    throw new S3Error('InvalidArgument', { message: `Unknown ${name.slice('x-amz-'.length)}.` });
  return value === 'REPLACE';
};

const checkNotItself = (request: S3Request, { address }: CopySource, changes: boolean): void => {
  const same =
    address.bucket === request.bucket && address.key === request.key && address.versionId === undefined;
  if (same && !changes)
    throw new S3Error('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
};

/** Class and encryption belong to the copy, whatever becomes of the metadata. */
const copiedHeaders = (request: S3Request, version: StoredObject): Record<string, string> => {
  const own = storedHeaders(request.headers);
  const { 'x-amz-storage-class': _class, ...kept } = version.headers;
  return Object.fromEntries([
    ...Object.entries(kept),
    ...Object.entries(own).filter(([name]) => /^x-amz-(?:storage-class|server-side)/.test(name)),
  ]);
};

export const copyObject: Operation = async (context, request) =>
  withSource(context, request, async (source) => {
    const replaces = directive(request, 'x-amz-metadata-directive');
    checkNotItself(request, source, replaces || request.headers['x-amz-storage-class'] !== undefined);
    const headers = replaces ? storedHeaders(request.headers) : copiedHeaders(request, source.version);
    const tags = directive(request, 'x-amz-tagging-directive')
      ? tagsOfHeader(request.headers['x-amz-tagging'])
      : source.version.tags;
    const named = request.headers['x-amz-checksum-algorithm'];
    const algorithm = named === undefined ? source.version.checksum?.algorithm : parseAlgorithm(named);
    const body = await copyBytes(context, source.version, {
      algorithms: algorithm === undefined ? [] : [algorithm],
    });
    const draft = draftOf(body, { headers, tags });
    const { bucket, version } = await commitOrDiscard(context, request, { draft, reason: 'CopyObject' });
    const document = xmlDocument(
      'CopyObjectResult',
      leaf('LastModified', isoSecond(version.modifiedMs)),
      leaf('ETag', quoted(version.etag)),
      leaf('ChecksumType', 'FULL_OBJECT'),
      leaf(`Checksum${body.algorithm}`, body.checksums[body.algorithm]),
    );
    return xmlResponse(document, { ...sourceVersionHeader(source), ...versionHeader(bucket, version) });
  });
