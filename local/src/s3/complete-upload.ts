import { createHash } from 'node:crypto';
import { receiveText } from './body.ts';
import {
  CHECKSUM_ALGORITHMS,
  checksumElement,
  checksumHeader,
  combineParts,
  DEFAULT_ALGORITHM,
  type Checksum,
} from './checksums.ts';
import { commitObject } from './commit.ts';
import { checksumLeaf } from './list-operations.ts';
import { requireUpload, uploadLock, uploadRemoval } from './multipart.ts';
import { quoted, uploadHeaders } from './object-headers.ts';
import type { ObjectDraft, PartRecord, UploadRecord } from './records.ts';
import { xmlResponse, type Operation } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import { childrenOf, leaf, parseDocument, textOf, xmlDocument, type XmlElement } from './xml.ts';

const MIN_PART_BYTES = 5 * 2 ** 20;

interface WantedPart {
  partNumber: number;
  etag: string;
  element: XmlElement;
}

const parseWanted = (document: string): WantedPart[] => {
  const wanted = childrenOf(parseDocument(document, 'CompleteMultipartUpload'), 'Part').map((element) => ({
    partNumber: Number(textOf(element, 'PartNumber')),
    etag: (textOf(element, 'ETag') ?? '').replaceAll('"', ''),
    element,
  }));
  const ordered = wanted.every(({ partNumber }, index) => partNumber > (wanted[index - 1]?.partNumber ?? 0));
  if (wanted.length === 0 || wanted.some(({ partNumber }) => !Number.isInteger(partNumber)))
    throw new S3Error('MalformedXML');
  if (!ordered) throw new S3Error('InvalidPartOrder');
  return wanted;
};

const sameChecksums = ({ element }: WantedPart, part: PartRecord): boolean =>
  CHECKSUM_ALGORITHMS.every((algorithm) => {
    const given = textOf(element, checksumElement(algorithm));
    const kept = part.checksums[algorithm];
    return given === undefined || kept === undefined || given === kept;
  });

const selectParts = (
  upload: UploadRecord,
  wanted: readonly WantedPart[],
  parts: readonly PartRecord[],
): PartRecord[] => {
  const byNumber = new Map(parts.map((part) => [part.partNumber, part]));
  return wanted.map((one, index) => {
    const part = byNumber.get(one.partNumber);
    const details = { UploadId: upload.uploadId, PartNumber: String(one.partNumber), ETag: one.etag };
    if (part === undefined || part.etag !== one.etag || !sameChecksums(one, part))
      throw new S3Error('InvalidPart', { details });
    if (index < wanted.length - 1 && part.sizeBytes < MIN_PART_BYTES)
      throw new S3Error('EntityTooSmall', {
        details: { ...details, ProposedSize: String(part.sizeBytes), MinSizeAllowed: String(MIN_PART_BYTES) },
      });
    return part;
  });
};

/** MD5 of the MD5s, then the number of parts: no function of the content alone. */
const multipartEtag = (parts: readonly PartRecord[]): string => {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(Buffer.from(etag, 'hex'));
  return `${hash.digest('hex')}-${String(parts.length)}`;
};

const draftOfParts = (
  upload: UploadRecord,
  parts: readonly PartRecord[],
): ObjectDraft & { checksum: Checksum } => {
  const { algorithm, type } = upload.checksum ?? {
    algorithm: DEFAULT_ALGORITHM,
    type: 'FULL_OBJECT' as const,
  };
  const partChecksums = parts.map(({ checksums }) => checksums[algorithm] ?? '');
  const pairs = parts.map(({ sizeBytes }, index) => ({ sizeBytes, value: partChecksums[index] ?? '' }));
  return {
    sizeBytes: parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    etag: multipartEtag(parts),
    slices: parts.map(({ blob, sizeBytes }) => ({ blob, sizeBytes })),
    multipart: true,
    headers: upload.headers,
    tags: upload.tags,
    checksum: combineParts(algorithm, type, pairs),
    ...(type === 'COMPOSITE' ? { partChecksums } : {}),
  };
};

const checkWhole = ({ headers }: S3Request, sizeBytes: number, checksum: Checksum): void => {
  const size = headers['x-amz-mp-object-size'];
  if (size !== undefined && Number(size) !== sizeBytes)
    throw new S3Error('InvalidRequest', {
      message: 'The provided x-amz-mp-object-size header value does not match the object size computed.',
    });
  const { algorithm, value } = checksum;
  const given = headers[checksumHeader(algorithm)] ?? value;
  // a composite may be given without the number of parts
  if (given !== value && given !== value.replace(/-\d+$/, ''))
    throw new S3Error('BadDigest', {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
};

/** The checksum headers of this request speak of the object, not of its XML body. */
const withoutObjectChecksums = (request: S3Request): S3Request => ({
  ...request,
  headers: Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => !/^x-amz-(?:sdk-)?checksum-/.test(name)),
  ),
});

export const completeUpload: Operation = async (context, request) => {
  await requireUpload(context, request);
  const wanted = parseWanted(await receiveText(withoutObjectChecksums(request)));
  return context.locks.run(uploadLock(request.query.get('uploadId') ?? ''), async () => {
    const upload = await requireUpload(context, request);
    const { operations, parts } = await uploadRemoval(context, upload);
    const chosen = selectParts(upload, wanted, parts);
    const draft = draftOfParts(upload, chosen);
    checkWhole(request, draft.sizeBytes, draft.checksum);
    const { bucket, version } = await commitObject(context, request, {
      draft,
      reason: 'CompleteMultipartUpload',
      also: operations,
    });
    await context.blobs.remove(parts.filter((part) => !chosen.includes(part)).map(({ blob }) => blob));
    const { etag: _etag, ...headers } = uploadHeaders(bucket, version);
    const document = xmlDocument(
      'CompleteMultipartUploadResult',
      leaf('Location', `${context.endpoint()}/${request.bucket}/${encodeURIComponent(request.key)}`),
      leaf('Bucket', request.bucket),
      leaf('Key', request.key),
      leaf('ETag', quoted(version.etag)),
      checksumLeaf(version),
    );
    return xmlResponse(document, headers);
  });
};
