import { initialConfigurations } from './bucket-configuration.ts';
import { bucketRow, getBucket, hasObjects, listBuckets as readBuckets, uploadsOf } from './catalog.ts';
import { owner } from './list-operations.ts';
import { uploadRemoval } from './multipart.ts';
import { isoSecond } from './object-headers.ts';
import { aclDocument } from './object-metadata.ts';
import { del, type BucketRecord } from './records.ts';
import { receiveText } from './body.ts';
import { requireBucket, xmlResponse, type Operation } from './s3-context.ts';
import { S3Error } from './s3-error.ts';
import { wholeNumber } from './s3-request.ts';
import { element, leaf, parseDocument, textOf, xmlDocument } from './xml.ts';

/** The region that has no location constraint, and where making a bucket twice is no error. */
const FIRST_REGION = 'us-east-1';
const MAX_BUCKETS = 10_000;

const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !name.includes('..') &&
  !/^\d+\.\d+\.\d+\.\d+$/.test(name);

const readLocation = (document: string): string | undefined =>
  document.trim() === ''
    ? undefined
    : textOf(parseDocument(document, 'CreateBucketConfiguration'), 'LocationConstraint');

export const createBucket: Operation = async (context, request) => {
  const name = request.bucket;
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { details: { BucketName: name } });
  const region = readLocation(await receiveText(request)) ?? context.region;
  return context.locks.run(name, async () => {
    const existing = await getBucket(context.store, name);
    if (existing !== undefined && existing.region !== FIRST_REGION)
      throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: name } });
    const bucket: BucketRecord = {
      name,
      createdMs: context.clock.nowMs(),
      region,
      configurations: initialConfigurations(),
    };
    if (existing === undefined) await context.store.put(bucketRow(name), bucket);
    return { status: 200, headers: { location: `/${name}` } };
  });
};

export const headBucket: Operation = async (context, request) => {
  const { region } = await requireBucket(context, request.bucket);
  return { status: 200, headers: { 'x-amz-bucket-region': region, 'x-amz-access-point-alias': 'false' } };
};

export const deleteBucket: Operation = async (context, request) =>
  context.locks.run(request.bucket, async () => {
    const { name } = await requireBucket(context, request.bucket);
    if (await hasObjects(context.store, name))
      throw new S3Error('BucketNotEmpty', { details: { BucketName: name } });
    const operations = [del(bucketRow(name))];
    const blobs: string[] = [];
    for await (const upload of uploadsOf(context.store, name)) {
      const removal = await uploadRemoval(context, upload);
      operations.push(...removal.operations);
      blobs.push(...removal.parts.map(({ blob }) => blob));
    }
    await context.store.batch(operations);
    await context.blobs.remove(blobs);
    return { status: 204 };
  });

export const getLocation: Operation = async (context, request) => {
  const { region } = await requireBucket(context, request.bucket);
  return xmlResponse(xmlDocument('LocationConstraint', region === FIRST_REGION ? '' : region));
};

export const getBucketAcl: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  return xmlResponse(aclDocument(context));
};

export const putAcl: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  throw new S3Error('AccessControlListNotSupported');
};

export const listBuckets: Operation = async (context, request) => {
  const prefix = request.query.get('prefix') ?? '';
  const token = request.query.get('continuation-token') ?? '';
  const max = Math.min(wholeNumber(request.query, 'max-buckets', MAX_BUCKETS), MAX_BUCKETS);
  const all = await readBuckets(context.store);
  const rest = all.filter(({ name }) => name.startsWith(prefix) && name > token);
  const page = rest.slice(0, max);
  return xmlResponse(
    xmlDocument(
      'ListAllMyBucketsResult',
      owner(context),
      element(
        'Buckets',
        ...page.map(({ name, createdMs, region }) =>
          element(
            'Bucket',
            leaf('Name', name),
            leaf('CreationDate', isoSecond(createdMs)),
            leaf('BucketRegion', region),
          ),
        ),
      ),
      leaf('Prefix', prefix === '' ? undefined : prefix),
      leaf('ContinuationToken', rest.length > page.length ? page.at(-1)?.name : undefined),
    ),
  );
};
