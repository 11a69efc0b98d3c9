import { checksumHeaders } from './checksums.ts';
import { S3Error } from './s3-error.ts';
import type { BucketRecord, ObjectVersion, StoredObject } from './records.ts';

const MAX_USER_METADATA_BYTES = 2048;
const CONTENT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
];
const STORAGE_CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
]);

type Headers = Record<string, string>;

const contentEncoding = (headers: Headers): Headers => {
  const kept = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked');
  return kept.length === 0 ? {} : { 'content-encoding': kept.join(',') };
};

const storageClass = (headers: Headers): Headers => {
  const wanted = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.has(wanted)) throw new S3Error('InvalidStorageClass');
  return wanted === 'STANDARD' ? {} : { 'x-amz-storage-class': wanted };
};

/** Everything is encrypted with AES256 on AWS; the choice is kept for show, the files here are plain. */
const encryption = (headers: Headers): Headers => {
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined)
    throw new S3Error('NotImplemented', {
      details: { Header: 'x-amz-server-side-encryption-customer-algorithm' },
    });
  const stored: Headers = {
    'x-amz-server-side-encryption': headers['x-amz-server-side-encryption'] ?? 'AES256',
  };
  const keyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  if (keyId !== undefined) stored['x-amz-server-side-encryption-aws-kms-key-id'] = keyId;
  return stored;
};

const userMetadata = (headers: Headers): Headers => {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const size = entries.reduce(
    (sum, [name, value]) => sum + name.length - 'x-amz-meta-'.length + Buffer.byteLength(value, 'latin1'),
    0,
  );
  if (size > MAX_USER_METADATA_BYTES)
    throw new S3Error('MetadataTooLarge', {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_USER_METADATA_BYTES) },
    });
  return Object.fromEntries(entries);
};

/** The headers of an upload that are stored with the object and answered with it. */
export const storedHeaders = (headers: Headers): Headers => ({
  'content-type': 'binary/octet-stream',
  ...Object.fromEntries(
    CONTENT_HEADERS.filter((name) => headers[name]).map((name) => [name, headers[name] ?? '']),
  ),
  ...contentEncoding(headers),
  ...storageClass(headers),
  ...encryption(headers),
  ...userMetadata(headers),
});

/** S3 takes the bytes of a header for Latin-1 and answers what is not ASCII as an encoded word of RFC 2047. */
export const answeredHeaders = (version: StoredObject): Headers =>
  Object.fromEntries(
    Object.entries(version.headers).map(([name, value]) =>
      name.startsWith('x-amz-meta-') && /[^ -~\t]/.test(value)
        ? [name, `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`]
        : [name, value],
    ),
  );

export const storageClassOf = (version: StoredObject): string =>
  version.headers['x-amz-storage-class'] ?? 'STANDARD';

export const quoted = (etag: string): string => `"${etag}"`;

/** S3 keeps times to the second. */
export const isoSecond = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString();

export const httpDate = (ms: number): string => new Date(ms).toUTCString();

/** A bucket that never had versioning speaks of no version. */
export const versionHeader = (bucket: BucketRecord, version: ObjectVersion): Headers =>
  bucket.versioning === undefined ? {} : { 'x-amz-version-id': version.versionId };

/** The answer to a finished upload. */
export const uploadHeaders = (bucket: BucketRecord, version: StoredObject): Headers => ({
  etag: quoted(version.etag),
  'x-amz-server-side-encryption': version.headers['x-amz-server-side-encryption'] ?? 'AES256',
  ...checksumHeaders(version.checksum),
  ...versionHeader(bucket, version),
});
