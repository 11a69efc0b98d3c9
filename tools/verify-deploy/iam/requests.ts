import { jsonText, objectAt, ofType } from '@alluvium/local';
import type { Deployment } from '../finding.ts';
import { ACCOUNT_ID } from '../resolve.ts';
import { REGION } from '../package-stacks.ts';
import { INDEX, PLACES } from './owners.ts';
import type { Role } from './policies.ts';
import type { Request } from './simulate.ts';

/** A kind of call, and what is written down in a role's grants when it is allowed: `puts: ["chunks/"]`. */
export interface Probe extends Request {
  grant: string;
  on: string;
}

/** What a role may do: by kind of call, the places it may do it on. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/** What no role may do, whatever it is for. */
const FORBIDDEN: readonly (readonly [action: string, resource: string])[] = [
  ['s3:PutBucketPolicy', 'arn:aws:s3:::{bucket}'],
  ['s3:PutLifecycleConfiguration', 'arn:aws:s3:::{bucket}'],
  ['s3:DeleteBucket', 'arn:aws:s3:::{bucket}'],
  ['iam:PutRolePolicy', `arn:aws:iam::${ACCOUNT_ID}:role/alluvium`],
  ['lambda:UpdateFunctionCode', `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:alluvium-query-dev-http`],
  ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT_ID}:role/other`],
];

const OBJECT_ACTIONS = {
  gets: 's3:GetObject',
  puts: 's3:PutObject',
  deletes: 's3:DeleteObject',
  deletesVersions: 's3:DeleteObjectVersion',
};
const TABLE_ACTIONS = { tableReads: 'dynamodb:GetItem', tableWrites: 'dynamodb:PutItem' };
const QUEUE_ACTIONS = { sends: 'sqs:SendMessage', receives: 'sqs:ReceiveMessage' };

const everyAction = (
  actions: Readonly<Record<string, string>>,
  places: readonly (readonly [on: string, arn: string])[],
): Probe[] =>
  Object.entries(actions).flatMap(([grant, action]) =>
    places.map(([on, resource]) => ({ grant, on, action, resource })),
  );

const namedPlaces = ({ resolved: { resources } }: Deployment, type: string): [string, string][] =>
  ofType(resources, type).map(({ stack, logicalId, attributes }) => [
    `${stack.service}/${logicalId}`,
    attributes['Arn'] ?? '',
  ]);

const eventProbes = (role: Role, busArn: string): Probe[] => {
  const from = (source: string) => ({ 'events:source': [source] });
  const put = { action: 'events:PutEvents', resource: busArn };
  return [
    { ...put, grant: 'emits', on: 'its own events', context: from(role.service) },
    { ...put, grant: 'emits', on: 'events of others', context: from('somebody-else') },
    {
      ...put,
      grant: 'emits',
      on: 'the default bus',
      resource: busArn.replace(/event-bus\/.*$/, 'event-bus/default'),
      context: from(role.service),
    },
  ];
};

// What a bucket policy denies, too: HEAD moves by compare-and-set alone.
const headProbes = ({ resolved: { resources } }: Deployment, bucketArn: string): Probe[] => {
  const [policy] = ofType(resources, 'AWS::S3::BucketPolicy').filter(
    ({ properties }) => bucketArn === `arn:aws:s3:::${jsonText(properties.Bucket) ?? ''}`,
  );
  const put = {
    grant: 'movesHead',
    action: 's3:PutObject',
    resource: `${bucketArn}/${INDEX}HEAD`,
    resourcePolicy: objectAt(policy?.properties.PolicyDocument),
  };
  const secure = { 'aws:SecureTransport': 'true' };
  return [
    { ...put, on: 'with If-Match', context: { ...secure, 's3:if-match': '"etag"' } },
    { ...put, on: 'with If-None-Match', context: { ...secure, 's3:if-none-match': '*' } },
    { ...put, on: 'without a condition', context: secure },
    { ...put, on: 'over plain HTTP', context: { 'aws:SecureTransport': 'false', 's3:if-match': '"etag"' } },
  ];
};

/** Everything that is tried with one role: each action on each prefix, table, queue and bus. */
export const probesOf = (role: Role, deployment: Deployment): Probe[] => {
  const { resources } = deployment.resolved;
  const bucket = resources.find(({ logicalId }) => logicalId === 'DataBucket')?.ref ?? '';
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const bus = ofType(resources, 'AWS::Events::EventBus')[0]?.attributes['Arn'] ?? '';
  const places = Object.entries(PLACES).map(([on, { key }]) => [on, `${bucketArn}/${key}`] as const);
  return [
    ...everyAction(OBJECT_ACTIONS, places),
    ...headProbes(deployment, bucketArn),
    ...everyAction(TABLE_ACTIONS, namedPlaces(deployment, 'AWS::DynamoDB::Table')),
    ...everyAction(QUEUE_ACTIONS, namedPlaces(deployment, 'AWS::SQS::Queue')),
    ...eventProbes(role, bus),
    ...FORBIDDEN.map(([action, resource]) => ({
      grant: 'forbidden',
      on: action,
      action,
      resource: resource.replace('{bucket}', bucket),
    })),
  ];
};
