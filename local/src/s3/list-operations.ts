import { checksumElement } from './checksums.ts';
import { listObjects, listVersions, type ListedVersion, type ListQuery } from './listing.ts';
import { isoSecond, quoted, storageClassOf } from './object-headers.ts';
import type { StoredObject } from './records.ts';
import { requireBucket, xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import { wholeNumber, type S3Request } from './s3-request.ts';
import { element, leaf, xmlDocument } from './xml.ts';

const MAX_PAGE = 1000;

export type NameEncoder = (name: string) => string;

/** `encoding-type=url` escapes names as a form does, but keeps the slashes. */
export const nameEncoder = ({ query }: S3Request): NameEncoder => {
  const type = query.get('encoding-type');
  if (type === null || type === '') return (name) => name;
  if (type !== 'url')
    throw new S3Error('InvalidArgument', {
      message: 'Invalid Encoding Method specified in Request',
      details: { ArgumentName: 'encoding-type', ArgumentValue: type },
    });
  return (name) => new URLSearchParams([['', name]]).toString().slice(1).replaceAll('%2F', '/');
};

const listQuery = ({ bucket, query }: S3Request, after: string): ListQuery => ({
  bucket,
  prefix: query.get('prefix') ?? '',
  delimiter: query.get('delimiter') ?? '',
  maxKeys: Math.min(wholeNumber(query, 'max-keys', MAX_PAGE), MAX_PAGE),
  after,
});

export const owner = ({ accountId }: S3Context, name = 'Owner'): string =>
  element(name, leaf('ID', accountId), leaf('DisplayName', 'local'));

const checksumElements = ({ checksum }: StoredObject): string =>
  checksum === undefined
    ? ''
    : leaf('ChecksumAlgorithm', checksum.algorithm) + leaf('ChecksumType', checksum.type);

const contents = (version: StoredObject, encode: NameEncoder, ownerElement: string): string =>
  element(
    'Contents',
    leaf('Key', encode(version.key)),
    leaf('LastModified', isoSecond(version.modifiedMs)),
    leaf('ETag', quoted(version.etag)),
    checksumElements(version),
    leaf('Size', version.sizeBytes),
    ownerElement,
    leaf('StorageClass', storageClassOf(version)),
  );

const commonPrefixElements = (prefixes: readonly string[], encode: NameEncoder): string =>
  prefixes.map((prefix) => element('CommonPrefixes', leaf('Prefix', encode(prefix)))).join('');

/** An empty delimiter is as good as none and is not repeated. */
const echoes = (list: ListQuery, encode: NameEncoder, encoding: string | null): string =>
  leaf('Prefix', encode(list.prefix)) +
  leaf('MaxKeys', list.maxKeys) +
  leaf('Delimiter', list.delimiter === '' ? undefined : encode(list.delimiter)) +
  leaf('EncodingType', encoding ?? undefined);

const readToken = (token: string): string => {
  const key = /^1[\w-]+$/.test(token) ? Buffer.from(token.slice(1), 'base64url').toString() : '';
  if (key === '')
    throw new S3Error('InvalidArgument', {
      message: 'The continuation token provided is incorrect',
      details: { ArgumentName: 'continuation-token', ArgumentValue: token },
    });
  return key;
};

const makeToken = (last: string): string => `1${Buffer.from(last).toString('base64url')}`;

export const listObjectsV2: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const { query } = request;
  const token = query.get('continuation-token') ?? undefined;
  const startAfter = query.get('start-after') ?? undefined;
  const list = listQuery(request, token === undefined ? (startAfter ?? '') : readToken(token));
  const encode = nameEncoder(request);
  const page = await listObjects(context.store, list);
  const ownerElement = query.get('fetch-owner') === 'true' ? owner(context) : '';
  return xmlResponse(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', request.bucket),
      echoes(list, encode, query.get('encoding-type')),
      leaf('StartAfter', startAfter === undefined ? undefined : encode(startAfter)),
      leaf('ContinuationToken', token),
      leaf('KeyCount', page.items.length + page.commonPrefixes.length),
      leaf('IsTruncated', page.truncated),
      leaf('NextContinuationToken', page.truncated ? makeToken(page.last) : undefined),
      ...page.items.map((version) => contents(version, encode, ownerElement)),
      commonPrefixElements(page.commonPrefixes, encode),
    ),
  );
};

export const listObjectsV1: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const marker = request.query.get('marker') ?? '';
  const list = listQuery(request, marker);
  const encode = nameEncoder(request);
  const page = await listObjects(context.store, list);
  // without a delimiter the last key is the next marker, and S3 does not repeat it
  const nextMarker = page.truncated && list.delimiter !== '' ? encode(page.last) : undefined;
  return xmlResponse(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', request.bucket),
      echoes(list, encode, request.query.get('encoding-type')),
      leaf('Marker', encode(marker)),
      leaf('IsTruncated', page.truncated),
      leaf('NextMarker', nextMarker),
      ...page.items.map((version) => contents(version, encode, owner(context))),
      commonPrefixElements(page.commonPrefixes, encode),
    ),
  );
};

const versionElement = (
  { version, isLatest }: ListedVersion,
  encode: NameEncoder,
  ownerElement: string,
): string => {
  const common = [
    leaf('Key', encode(version.key)),
    leaf('VersionId', version.versionId),
    leaf('IsLatest', isLatest),
    leaf('LastModified', isoSecond(version.modifiedMs)),
  ];
  if (version.kind === 'marker') return element('DeleteMarker', ...common, ownerElement);
  return element(
    'Version',
    ...common,
    leaf('ETag', quoted(version.etag)),
    checksumElements(version),
    leaf('Size', version.sizeBytes),
    leaf('StorageClass', storageClassOf(version)),
    ownerElement,
  );
};

export const listObjectVersions: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const keyMarker = request.query.get('key-marker') ?? '';
  const versionIdMarker = request.query.get('version-id-marker') ?? '';
  if (versionIdMarker !== '' && keyMarker === '')
    throw new S3Error('InvalidArgument', {
      message: 'A version-id marker cannot be specified without a key marker.',
      details: { ArgumentName: 'version-id-marker', ArgumentValue: versionIdMarker },
    });
  const list = listQuery(request, keyMarker);
  const encode = nameEncoder(request);
  const page = await listVersions(context.store, { ...list, afterVersionId: versionIdMarker });
  const next = page.truncated
    ? leaf('NextKeyMarker', encode(page.last)) + leaf('NextVersionIdMarker', page.lastVersionId || undefined)
    : '';
  return xmlResponse(
    xmlDocument(
      'ListVersionsResult',
      leaf('Name', request.bucket),
      echoes(list, encode, request.query.get('encoding-type')),
      leaf('KeyMarker', encode(keyMarker)),
      leaf('VersionIdMarker', versionIdMarker),
      leaf('IsTruncated', page.truncated),
      next,
      ...page.items.map((item) => versionElement(item, encode, owner(context))),
      commonPrefixElements(page.commonPrefixes, encode),
    ),
  );
};

/** `GetObjectAttributes` and listings of parts name a checksum by its element. */
export const checksumLeaf = ({ checksum }: StoredObject): string =>
  checksum === undefined
    ? ''
    : leaf(checksumElement(checksum.algorithm), checksum.value) + leaf('ChecksumType', checksum.type);
