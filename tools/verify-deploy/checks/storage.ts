import {
  jsonList,
  jsonNumber,
  jsonText,
  objectAt,
  ofType,
  type JsonObject,
  type ResolvedResource,
} from '@alluvium/local';
import { judge, together, type Check, type CheckResult, type Fact } from '../finding.ts';

const CHECK = 'storage';
/** For so long what was deleted or replaced can be had back; erasing and collecting garbage count on it. */
const LEAST_NONCURRENT_DAYS = 30;
/** HEAD's old versions are what a restore walks back through. */
const HEAD_NONCURRENT_DAYS = 90;
/** HEAD carries the manifest up to 48 kB. */
const MOST_HEAD_BYTES = 60_000;
const PUBLIC_ACCESS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
const ASYNCHRONOUS_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];

const retains = ({ stack, logicalId }: ResolvedResource): boolean => {
  const raw = stack.template.Resources[logicalId] as {
    DeletionPolicy?: string;
    UpdateReplacePolicy?: string;
  };
  return raw.DeletionPolicy === 'Retain' && raw.UpdateReplacePolicy === 'Retain';
};

const RETAINS = 'removing the stack destroys it: DeletionPolicy and UpdateReplacePolicy Retain';

const judgeTable = (table: ResolvedResource): CheckResult => {
  const { properties } = table;
  return judge(CHECK, table, [
    [properties.BillingMode === 'PAY_PER_REQUEST', 'it costs when idle: BillingMode PAY_PER_REQUEST'],
    [
      objectAt(properties.PointInTimeRecoverySpecification).PointInTimeRecoveryEnabled === true,
      'it cannot be restored: PointInTimeRecoverySpecification',
    ],
    [objectAt(properties.SSESpecification).SSEEnabled === true, 'it is not encrypted: SSESpecification'],
    [
      properties.TimeToLiveSpecification === undefined ||
        objectAt(properties.TimeToLiveSpecification).AttributeName === 'ttlEpochSeconds',
      'its items never expire: the attribute is ttlEpochSeconds',
    ],
    [retains(table), RETAINS],
  ]);
};

interface LifecycleRule {
  prefix: string;
  /** Objects that are not larger are not meant. */
  aboveBytes: number;
  noncurrentDays: number | undefined;
  abortsAfterDays: number | undefined;
  cleansMarkers: boolean;
  storageClasses: string[];
  expiresAfterDays: number | undefined;
}

const lifecycleOf = ({ properties }: ResolvedResource): LifecycleRule[] =>
  jsonList(objectAt(properties.LifecycleConfiguration).Rules)
    .map((rule) => objectAt(rule))
    .filter(({ Status }) => Status === 'Enabled')
    .map((rule) => ({
      prefix: jsonText(rule.Prefix) ?? jsonText(objectAt(rule.Filter).Prefix) ?? '',
      aboveBytes: jsonNumber(rule.ObjectSizeGreaterThan) ?? 0,
      noncurrentDays: jsonNumber(objectAt(rule.NoncurrentVersionExpiration).NoncurrentDays),
      abortsAfterDays: jsonNumber(objectAt(rule.AbortIncompleteMultipartUpload).DaysAfterInitiation),
      cleansMarkers: rule.ExpiredObjectDeleteMarker === true,
      storageClasses: jsonList(rule.Transitions).map(
        (transition) => jsonText(objectAt(transition).StorageClass) ?? '',
      ),
      expiresAfterDays: jsonNumber(rule.ExpirationInDays),
    }));

const overlaps = (rule: LifecycleRule, prefix: string): boolean =>
  rule.prefix.startsWith(prefix) || prefix.startsWith(rule.prefix);

const lifecycleFacts = (bucket: ResolvedResource): Fact[] => {
  const rules = lifecycleOf(bucket);
  const expiring = rules.filter(({ noncurrentDays }) => noncurrentDays !== undefined);
  const ofIndexes = rules.filter((rule) => overlaps(rule, 'indexes/'));
  return [
    [expiring.length > 0, 'old versions are kept for ever: NoncurrentVersionExpiration'],
    [
      expiring.every(({ noncurrentDays = 0 }) => noncurrentDays >= LEAST_NONCURRENT_DAYS),
      `old versions go before ${LEAST_NONCURRENT_DAYS} days have passed`,
    ],
    [
      expiring
        .filter((rule) => overlaps(rule, 'indexes/') && rule.aboveBytes < MOST_HEAD_BYTES)
        .every(({ noncurrentDays = 0 }) => noncurrentDays >= HEAD_NONCURRENT_DAYS),
      `old versions of HEAD are kept for ${HEAD_NONCURRENT_DAYS} days: a restore walks them`,
    ],
    [
      rules.some(({ abortsAfterDays, prefix }) => abortsAfterDays === 1 && prefix === ''),
      'uploads that were given up are paid for ever: AbortIncompleteMultipartUpload after 1 day',
    ],
    [
      rules.some(({ cleansMarkers }) => cleansMarkers),
      'markers of deleted objects stay for ever: ExpiredObjectDeleteMarker',
    ],
    [
      ofIndexes.every(({ expiresAfterDays }) => expiresAfterDays === undefined),
      'garbage below indexes/ is for the collector, who knows what is in use: no ExpirationInDays',
    ],
    [
      ofIndexes.every(({ storageClasses }) =>
        storageClasses.every((name) => !ASYNCHRONOUS_CLASSES.includes(name)),
      ),
      'what is searched must be read at once: no asynchronous storage class below indexes/',
    ],
  ];
};

const denialsFor = (bucket: ResolvedResource, policies: readonly ResolvedResource[]): JsonObject[] =>
  policies
    .filter(({ properties }) => properties.Bucket === bucket.ref)
    .flatMap(({ properties }) => jsonList(objectAt(properties.PolicyDocument).Statement))
    .map((statement) => objectAt(statement))
    .filter(({ Effect, Principal }) => Effect === 'Deny' && Principal === '*');

const policyFacts = (denials: readonly JsonObject[]): Fact[] => [
  [
    denials.some(
      ({ Condition, Action }) =>
        Action === 's3:*' && objectAt(Condition, 'Bool')['aws:SecureTransport'] === 'false',
    ),
    'its policy lets plain HTTP in: deny without aws:SecureTransport',
  ],
  [
    denials.some(({ Condition, Action, Resource }) => {
      const missing = objectAt(Condition, 'Null');
      const isConditional = missing['s3:if-match'] === 'true' && missing['s3:if-none-match'] === 'true';
      return Action === 's3:PutObject' && isConditional && jsonText(Resource)?.endsWith('/indexes/*/HEAD');
    }),
    'its policy lets HEAD be written unconditionally: two writers could lose a snapshot',
  ],
];

const bucketFacts = ({ properties }: ResolvedResource): Fact[] => {
  const access = objectAt(properties.PublicAccessBlockConfiguration);
  return [
    [objectAt(properties.VersioningConfiguration).Status === 'Enabled', 'it keeps no versions'],
    ...PUBLIC_ACCESS.map((setting): Fact => [access[setting] === true, `the public may get in: ${setting}`]),
    [
      jsonList(objectAt(properties.BucketEncryption).ServerSideEncryptionConfiguration).length > 0,
      'it is not encrypted: BucketEncryption',
    ],
    [
      objectAt(properties.NotificationConfiguration, 'EventBridgeConfiguration').EventBridgeEnabled === true,
      'nobody hears of uploads: EventBridgeEnabled',
    ],
  ];
};

/** What keeps data, and for how long. */
export const storage: Check = {
  name: CHECK,
  run: ({ resolved: { resources } }) => {
    const policies = ofType(resources, 'AWS::S3::BucketPolicy');
    // Where the Serverless Framework uploads packages to.
    const buckets = ofType(resources, 'AWS::S3::Bucket').filter(
      ({ logicalId }) => logicalId !== 'ServerlessDeploymentBucket',
    );
    return together([
      ...ofType(resources, 'AWS::DynamoDB::Table').map(judgeTable),
      ...buckets.map((bucket) =>
        judge(CHECK, bucket, [
          ...bucketFacts(bucket),
          [retains(bucket), RETAINS],
          ...lifecycleFacts(bucket),
          ...policyFacts(denialsFor(bucket, policies)),
        ]),
      ),
    ]);
  },
};
