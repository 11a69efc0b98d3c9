import { checksumHeaders } from './checksums.ts';
import { checkReadConditions } from './conditions.ts';
import { requireObject } from './find-version.ts';
import { answeredHeaders, httpDate, quoted, versionHeader } from './object-headers.ts';
import { parseRange, type ByteRange } from './range.ts';
import type { BucketRecord, StoredObject } from './records.ts';
import type { Operation } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import { wholeNumber, type S3Request, type S3Response } from './s3-request.ts';

type Headers = Record<string, string>;

const OVERRIDABLE = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

const overrides = (query: URLSearchParams): Headers =>
  Object.fromEntries(
    OVERRIDABLE.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === null ? [] : [[name, value]];
    }),
  );

interface Selection extends Partial<ByteRange> {
  headers: Headers;
  partial: boolean;
}

/** `?partNumber=n` of a multipart object is the range of that part. */
const selectPart = (version: StoredObject, partNumber: number): Selection => {
  const slices = version.multipart ? version.slices : [{ sizeBytes: version.sizeBytes }];
  const slice = slices[partNumber - 1];
  if (slice === undefined)
    throw new S3Error('InvalidPartNumber', { details: { ActualPartCount: String(slices.length) } });
  const start = slices.slice(0, partNumber - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const headers: Headers = version.multipart ? { 'x-amz-mp-parts-count': String(slices.length) } : {};
  return slice.sizeBytes === 0
    ? { headers, partial: false }
    : { headers, partial: true, start, end: start + slice.sizeBytes - 1 };
};

const select = (version: StoredObject, request: S3Request): Selection => {
  if (request.query.has('partNumber'))
    return selectPart(version, wholeNumber(request.query, 'partNumber', 1));
  const range = parseRange(request.headers['range'], version.sizeBytes);
  if (range !== undefined) return { ...range, headers: {}, partial: true };
  // a checksum of the whole says nothing about a part of it
  const wanted = request.headers['x-amz-checksum-mode'] === 'ENABLED';
  return { headers: wanted ? checksumHeaders(version.checksum) : {}, partial: false };
};

const objectHeaders = (bucket: BucketRecord, version: StoredObject): Headers => ({
  ...answeredHeaders(version),
  etag: quoted(version.etag),
  'last-modified': httpDate(version.modifiedMs),
  'accept-ranges': 'bytes',
  ...versionHeader(bucket, version),
  ...(version.tags.length === 0 ? {} : { 'x-amz-tagging-count': String(version.tags.length) }),
});

const respond = (
  version: StoredObject,
  request: S3Request,
  headers: Headers,
): S3Response & { range: ByteRange } => {
  const selection = select(version, request);
  const { start = 0, end = version.sizeBytes - 1 } = selection;
  const contentRange: Headers = selection.partial
    ? { 'content-range': `bytes ${String(start)}-${String(end)}/${String(version.sizeBytes)}` }
    : {};
  return {
    status: selection.partial ? 206 : 200,
    headers: {
      ...headers,
      ...overrides(request.query),
      ...selection.headers,
      ...contentRange,
      'content-length': String(end - start + 1),
    },
    range: { start, end },
  };
};

const addressOf = ({ bucket, key, query }: S3Request) => ({
  bucket,
  key,
  versionId: query.get('versionId') ?? undefined,
});

/** GET and HEAD: a HEAD differs only in that nothing is read. */
export const getObject: Operation = async (context, request) => {
  const release = context.blobs.hold();
  try {
    const { bucket, version } = await requireObject(context, addressOf(request));
    const headers = objectHeaders(bucket, version);
    if (checkReadConditions(version, request.headers) === 'not-modified') {
      const { etag = '', 'last-modified': modified = '' } = headers;
      release();
      return { status: 304, headers: { etag, 'last-modified': modified, ...versionHeader(bucket, version) } };
    }
    const { range, ...response } = respond(version, request, headers);
    if (request.method === 'HEAD' || range.end < range.start) {
      release();
      return response;
    }
    return { ...response, body: context.blobs.read(version.slices, range.start, range.end), release };
  } catch (error) {
    release();
    throw error;
  }
};
