import { listParts as readParts, uploadsOf } from './catalog.ts';
import { CHECKSUM_ALGORITHMS, checksumElement } from './checksums.ts';
import { commonPrefixOf } from './listing.ts';
import { nameEncoder, owner } from './list-operations.ts';
import { requireUpload } from './multipart.ts';
import { isoSecond, quoted } from './object-headers.ts';
import type { PartRecord, UploadRecord } from './records.ts';
import { requireBucket, xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { wholeNumber, type S3Request } from './s3-request.ts';
import { element, leaf, xmlDocument } from './xml.ts';

const MAX_PAGE = 1000;

const partElement = (part: PartRecord): string =>
  element(
    'Part',
    leaf('PartNumber', part.partNumber),
    leaf('LastModified', isoSecond(part.modifiedMs)),
    leaf('ETag', quoted(part.etag)),
    leaf('Size', part.sizeBytes),
    ...CHECKSUM_ALGORITHMS.map((algorithm) => leaf(checksumElement(algorithm), part.checksums[algorithm])),
  );

export const listParts: Operation = async (context, request) => {
  const upload = await requireUpload(context, request);
  const marker = wholeNumber(request.query, 'part-number-marker', 0);
  const max = Math.min(wholeNumber(request.query, 'max-parts', MAX_PAGE), MAX_PAGE);
  const rest = (await readParts(context.store, upload.uploadId)).filter(
    ({ partNumber }) => partNumber > marker,
  );
  const page = rest.slice(0, max);
  const truncated = rest.length > page.length;
  return xmlResponse(
    xmlDocument(
      'ListPartsResult',
      leaf('Bucket', upload.bucket),
      leaf('Key', upload.key),
      leaf('UploadId', upload.uploadId),
      owner(context, 'Initiator'),
      owner(context),
      leaf('StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'),
      leaf('PartNumberMarker', marker),
      leaf('NextPartNumberMarker', page.at(-1)?.partNumber ?? 0),
      leaf('MaxParts', max),
      leaf('IsTruncated', truncated),
      leaf('ChecksumAlgorithm', upload.checksum?.algorithm),
      leaf('ChecksumType', upload.checksum?.type),
      ...page.map(partElement),
    ),
  );
};

interface UploadPage {
  uploads: UploadRecord[];
  commonPrefixes: string[];
  truncated: boolean;
  lastKey: string;
}

interface UploadQuery {
  prefix: string;
  delimiter: string;
  keyMarker: string;
  uploadIdMarker: string;
  max: number;
}

/** With an upload id the key of the marker goes on behind that upload, without it is done with. */
const isBehind = (upload: UploadRecord, { keyMarker, uploadIdMarker, delimiter }: UploadQuery): boolean => {
  if (keyMarker === '') return true;
  const order = Buffer.compare(Buffer.from(upload.key), Buffer.from(keyMarker));
  if (order === 0) return uploadIdMarker !== '' && upload.uploadId > uploadIdMarker;
  return (
    order > 0 && !(delimiter !== '' && keyMarker.endsWith(delimiter) && upload.key.startsWith(keyMarker))
  );
};

const pageOf = async (context: S3Context, bucket: string, query: UploadQuery): Promise<UploadPage> => {
  const page: UploadPage = { uploads: [], commonPrefixes: [], truncated: false, lastKey: '' };
  for await (const upload of uploadsOf(context.store, bucket)) {
    if (!upload.key.startsWith(query.prefix) || !isBehind(upload, query)) continue;
    const common = commonPrefixOf(upload.key, query);
    if (common !== undefined && common === page.commonPrefixes.at(-1)) continue;
    if (page.uploads.length + page.commonPrefixes.length >= query.max)
      return { ...page, truncated: query.max > 0 };
    page.lastKey = common ?? upload.key;
    if (common === undefined) page.uploads.push(upload);
    else page.commonPrefixes.push(common);
  }
  return page;
};

const readQuery = ({ query }: S3Request): UploadQuery => ({
  prefix: query.get('prefix') ?? '',
  delimiter: query.get('delimiter') ?? '',
  keyMarker: query.get('key-marker') ?? '',
  uploadIdMarker: query.get('upload-id-marker') ?? '',
  max: Math.min(wholeNumber(query, 'max-uploads', MAX_PAGE), MAX_PAGE),
});

export const listUploads: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const query = readQuery(request);
  const encode = nameEncoder(request);
  const page = await pageOf(context, request.bucket, query);
  const uploadElement = (upload: UploadRecord): string =>
    element(
      'Upload',
      leaf('Key', encode(upload.key)),
      leaf('UploadId', upload.uploadId),
      owner(context, 'Initiator'),
      owner(context),
      leaf('StorageClass', upload.headers['x-amz-storage-class'] ?? 'STANDARD'),
      leaf('Initiated', isoSecond(upload.initiatedMs)),
      leaf('ChecksumAlgorithm', upload.checksum?.algorithm),
      leaf('ChecksumType', upload.checksum?.type),
    );
  return xmlResponse(
    xmlDocument(
      'ListMultipartUploadsResult',
      leaf('Bucket', request.bucket),
      leaf('KeyMarker', encode(query.keyMarker)),
      leaf('UploadIdMarker', query.uploadIdMarker),
      leaf('NextKeyMarker', page.truncated ? encode(page.lastKey) : undefined),
      leaf('NextUploadIdMarker', page.truncated ? page.uploads.at(-1)?.uploadId : undefined),
      leaf('Prefix', encode(query.prefix)),
      leaf('Delimiter', query.delimiter === '' ? undefined : encode(query.delimiter)),
      leaf('EncodingType', request.query.get('encoding-type') ?? undefined),
      leaf('MaxUploads', query.max),
      leaf('IsTruncated', page.truncated),
      ...page.uploads.map(uploadElement),
      ...page.commonPrefixes.map((prefix) => element('CommonPrefixes', leaf('Prefix', encode(prefix)))),
    ),
  );
};
