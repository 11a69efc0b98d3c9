import { receiveText } from './body.ts';
import { bucketRow } from './catalog.ts';
import { checkPolicy } from './policy.ts';
import type { BucketRecord, VersioningStatus } from './records.ts';
import { requireBucket, xmlResponse, type Operation, type S3Context } from './s3-context.ts';
import { S3Error, type S3ErrorCode } from './s3-error.ts';
import { checkBucketTags } from './tags.ts';
import { element, leaf, parseDocument, textOf, xmlDocument } from './xml.ts';

interface ConfigurationKind {
  root: string;
  /** The error while it is not configured, or the document that S3 answers instead. */
  absent: { error: S3ErrorCode } | { document: string };
  putStatus?: number;
  check?: (document: string) => void;
}

const DEFAULT_ENCRYPTION = xmlDocument(
  'ServerSideEncryptionConfiguration',
  element(
    'Rule',
    element('ApplyServerSideEncryptionByDefault', leaf('SSEAlgorithm', 'AES256')),
    leaf('BucketKeyEnabled', false),
  ),
);

/** Documents that are kept and given back; only `notification`, `policy` and `cors` have an effect here. */
const KINDS = {
  accelerate: {
    root: 'AccelerateConfiguration',
    absent: { document: xmlDocument('AccelerateConfiguration') },
  },
  cors: { root: 'CORSConfiguration', absent: { error: 'NoSuchCORSConfiguration' } },
  encryption: { root: 'ServerSideEncryptionConfiguration', absent: { document: DEFAULT_ENCRYPTION } },
  lifecycle: { root: 'LifecycleConfiguration', absent: { error: 'NoSuchLifecycleConfiguration' } },
  logging: { root: 'BucketLoggingStatus', absent: { document: xmlDocument('BucketLoggingStatus') } },
  notification: {
    root: 'NotificationConfiguration',
    absent: { document: xmlDocument('NotificationConfiguration') },
  },
  'object-lock': {
    root: 'ObjectLockConfiguration',
    absent: { error: 'ObjectLockConfigurationNotFoundError' },
  },
  ownershipControls: { root: 'OwnershipControls', absent: { error: 'OwnershipControlsNotFoundError' } },
  publicAccessBlock: {
    root: 'PublicAccessBlockConfiguration',
    absent: { error: 'NoSuchPublicAccessBlockConfiguration' },
  },
  replication: {
    root: 'ReplicationConfiguration',
    absent: { error: 'ReplicationConfigurationNotFoundError' },
  },
  requestPayment: {
    root: 'RequestPaymentConfiguration',
    absent: { document: xmlDocument('RequestPaymentConfiguration', leaf('Payer', 'BucketOwner')) },
  },
  tagging: { root: 'Tagging', absent: { error: 'NoSuchTagSet' }, putStatus: 204, check: checkBucketTags },
  website: { root: 'WebsiteConfiguration', absent: { error: 'NoSuchWebsiteConfiguration' } },
} as const satisfies Record<string, ConfigurationKind>;

export type ConfigurationName = keyof typeof KINDS;

export const CONFIGURATION_NAMES = Object.keys(KINDS) as ConfigurationName[];

/** What a new bucket has on AWS since April 2023. */
export const initialConfigurations = (): BucketRecord['configurations'] => ({
  ownershipControls: xmlDocument(
    'OwnershipControls',
    element('Rule', leaf('ObjectOwnership', 'BucketOwnerEnforced')),
  ),
  publicAccessBlock: xmlDocument(
    'PublicAccessBlockConfiguration',
    ...['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'].map((name) =>
      leaf(name, true),
    ),
  ),
});

const changeBucket = async (
  context: S3Context,
  name: string,
  change: (bucket: BucketRecord) => BucketRecord,
): Promise<void> =>
  context.locks.run(name, async () => {
    const bucket = await requireBucket(context, name);
    await context.store.put(bucketRow(name), change(bucket));
  });

const setConfiguration = (
  context: S3Context,
  bucket: string,
  [name, document]: [string, string],
): Promise<void> =>
  changeBucket(context, bucket, (record) => ({
    ...record,
    configurations: { ...record.configurations, [name]: document },
  }));

const removeConfiguration = (context: S3Context, bucket: string, name: string): Promise<void> =>
  changeBucket(context, bucket, (record) => {
    const { [name]: _removed, ...configurations } = record.configurations;
    return { ...record, configurations };
  });

export const getConfiguration =
  (name: ConfigurationName): Operation =>
  async (context, request) => {
    const { configurations } = await requireBucket(context, request.bucket);
    const { absent }: ConfigurationKind = KINDS[name];
    const stored = configurations[name];
    if (stored !== undefined) return xmlResponse(stored);
    if ('document' in absent) return xmlResponse(absent.document);
    throw new S3Error(absent.error, { details: { BucketName: request.bucket } });
  };

export const putConfiguration =
  (name: ConfigurationName): Operation =>
  async (context, request) => {
    await requireBucket(context, request.bucket);
    const { root, check, putStatus }: ConfigurationKind = KINDS[name];
    const document = await receiveText(request);
    parseDocument(document, root);
    check?.(document);
    await setConfiguration(context, request.bucket, [name, document]);
    return { status: putStatus ?? 200 };
  };

export const deleteConfiguration =
  (name: ConfigurationName | 'policy'): Operation =>
  async (context, request) => {
    await removeConfiguration(context, request.bucket, name);
    return { status: 204 };
  };

export const putPolicy: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const document = await receiveText(request);
  checkPolicy(document, request.bucket);
  await setConfiguration(context, request.bucket, ['policy', document]);
  return { status: 204 };
};

export const getPolicy: Operation = async (context, request) => {
  const { configurations } = await requireBucket(context, request.bucket);
  const policy = configurations['policy'];
  if (policy === undefined)
    throw new S3Error('NoSuchBucketPolicy', { details: { BucketName: request.bucket } });
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
};

export const putVersioning: Operation = async (context, request) => {
  await requireBucket(context, request.bucket);
  const status = textOf(parseDocument(await receiveText(request), 'VersioningConfiguration'), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
  const versioning: VersioningStatus = status;
  await changeBucket(context, request.bucket, (bucket) => ({ ...bucket, versioning }));
  return { status: 200 };
};

export const getVersioning: Operation = async (context, request) => {
  const { versioning } = await requireBucket(context, request.bucket);
  return xmlResponse(xmlDocument('VersioningConfiguration', leaf('Status', versioning)));
};
