import { receiveText } from './body.ts';
import { getCurrent, objectRow, versionRow } from './catalog.ts';
import { checksumElement } from './checksums.ts';
import { requireObject } from './find-version.ts';
import { httpDate, storageClassOf, versionHeader } from './object-headers.ts';
import { owner, checksumLeaf } from './list-operations.ts';
import { put, type StoredObject, type Tag } from './records.ts';
import { xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import type { S3Request, S3Response } from './s3-request.ts';
import { parseObjectTags, taggingDocument } from './tags.ts';
import { element, leaf, xmlDocument } from './xml.ts';

const addressOf = ({ bucket, key, query }: S3Request) => ({
  bucket,
  key,
  versionId: query.get('versionId') ?? undefined,
});

const storeTags = async (
  context: S3Context,
  request: S3Request,
  { tags, status }: { tags: Tag[]; status: number },
): Promise<S3Response> =>
  context.locks.run(request.bucket, async () => {
    const { bucket, version } = await requireObject(context, addressOf(request));
    const current = await getCurrent(context.store, request.bucket, request.key);
    const row =
      current?.order === version.order
        ? objectRow(request.bucket, request.key)
        : versionRow(request.bucket, request.key, version.order);
    await context.store.batch([put(row, { ...version, tags })]);
    return { status, headers: versionHeader(bucket, version) };
  });

export const putTagging: Operation = async (context, request) =>
  storeTags(context, request, { tags: parseObjectTags(await receiveText(request)), status: 200 });

export const deleteTagging: Operation = (context, request) =>
  storeTags(context, request, { tags: [], status: 204 });

export const getTagging: Operation = async (context, request) => {
  const { bucket, version } = await requireObject(context, addressOf(request));
  return xmlResponse(taggingDocument(version.tags), versionHeader(bucket, version));
};

const partsElement = (version: StoredObject): string => {
  if (!version.multipart) return '';
  const algorithm = version.checksum?.algorithm;
  const parts = version.slices.map(({ sizeBytes }, index) =>
    element(
      'Part',
      algorithm === undefined ? '' : leaf(checksumElement(algorithm), version.partChecksums?.[index]),
      leaf('PartNumber', index + 1),
      leaf('Size', sizeBytes),
    ),
  );
  return element(
    'ObjectParts',
    leaf('IsTruncated', false),
    leaf('MaxParts', 10_000),
    leaf('PartNumberMarker', 0),
    leaf('NextPartNumberMarker', version.slices.length),
    leaf('PartsCount', version.slices.length),
    // without a checksum of each part S3 gives only their number
    ...(version.partChecksums === undefined ? [] : parts),
  );
};

/** `GetObjectAttributes`: only what the header asks for. */
export const getAttributes: Operation = async (context, request) => {
  const { bucket, version } = await requireObject(context, addressOf(request));
  const wanted = new Set(
    (request.headers['x-amz-object-attributes'] ?? '').split(',').map((name) => name.trim()),
  );
  const parts = [
    ['ETag', () => leaf('ETag', version.etag)],
    ['Checksum', () => (version.checksum === undefined ? '' : element('Checksum', checksumLeaf(version)))],
    ['ObjectParts', () => partsElement(version)],
    ['StorageClass', () => leaf('StorageClass', storageClassOf(version))],
    ['ObjectSize', () => leaf('ObjectSize', version.sizeBytes)],
  ] as const;
  const document = xmlDocument(
    'GetObjectAttributesResponse',
    ...parts.filter(([name]) => wanted.has(name)).map(([, make]) => make()),
  );
  return xmlResponse(document, {
    'last-modified': httpDate(version.modifiedMs),
    ...versionHeader(bucket, version),
  });
};

/** ACLs are off, as in every new bucket on AWS: the owner may do all. */
export const aclDocument = (context: S3Context): string =>
  xmlDocument(
    'AccessControlPolicy',
    owner(context),
    element(
      'AccessControlList',
      element(
        'Grant',
        `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${leaf('ID', context.accountId)}</Grantee>`,
        leaf('Permission', 'FULL_CONTROL'),
      ),
    ),
  );

export const getObjectAcl: Operation = async (context, request) => {
  await requireObject(context, addressOf(request));
  return xmlResponse(aclDocument(context));
};
