import { createHash } from 'node:crypto';

/** Where things live: the answers of pseudo parameters and the parts of ARNs and URLs. */
export interface Installation {
  region: string;
  accountId: string;
  /** `http://127.0.0.1:<port>` of the queues and of the HTTP API. */
  endpoints: { sqs: string; api: string };
}

/** What `Ref` and `Fn::GetAtt` say of a resource. */
export interface Identity {
  ref: string;
  attributes: Record<string, string>;
}

interface Naming {
  /** Given in the template, else derived from stack and logical id: the same at every start. */
  name: string;
  /** Of an event rule. */
  busName: string | undefined;
  installation: Installation;
}

const arnOf = ({ region, accountId }: Installation, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

type Identify = (naming: Naming) => Identity;

/** A resource whose Ref is its name and whose ARN ends with `<prefix><name>`. */
const named =
  (service: string, prefix: string): Identify =>
  ({ name, installation }) => ({
    ref: name,
    attributes: { Arn: arnOf(installation, service, prefix + name) },
  });

const bucket: Identify = ({ name }) => ({
  ref: name,
  attributes: { Arn: `arn:aws:s3:::${name}`, DomainName: `${name}.s3.amazonaws.com` },
});

const queue: Identify = ({ name, installation }) => {
  const url = `${installation.endpoints.sqs}/${installation.accountId}/${name}`;
  return {
    ref: url,
    attributes: { Arn: arnOf(installation, 'sqs', name), QueueName: name, QueueUrl: url },
  };
};

const rule: Identify = ({ name, busName, installation }) => {
  const path = busName === undefined || busName === 'default' ? name : `${busName}/${name}`;
  return { ref: name, attributes: { Arn: arnOf(installation, 'events', `rule/${path}`) } };
};

const api: Identify = ({ name, installation }) => ({
  ref: name.replaceAll('-', ''),
  attributes: { ApiId: name.replaceAll('-', ''), ApiEndpoint: installation.endpoints.api },
});

const role: Identify = ({ name, installation }) => ({
  ref: name,
  attributes: { Arn: `arn:aws:iam::${installation.accountId}:role/${name}`, RoleId: name },
});

const IDENTITIES: Record<string, Identify> = {
  'AWS::S3::Bucket': bucket,
  'AWS::SQS::Queue': queue,
  'AWS::DynamoDB::Table': named('dynamodb', 'table/'),
  'AWS::Events::EventBus': (naming) => {
    const { ref, attributes } = named('events', 'event-bus/')(naming);
    return { ref, attributes: { ...attributes, Name: ref } };
  },
  'AWS::Events::Archive': named('events', 'archive/'),
  'AWS::Events::Rule': rule,
  'AWS::Scheduler::Schedule': named('scheduler', 'schedule/default/'),
  'AWS::Lambda::Function': named('lambda', 'function:'),
  'AWS::Logs::LogGroup': named('logs', 'log-group:'),
  'AWS::ApiGatewayV2::Api': api,
  'AWS::IAM::Role': role,
};

/** Which property names the resource. */
export const NAME_PROPERTIES: Record<string, string> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
};

/** The shortest limit among the names that are derived: an S3 bucket's. */
const MAX_NAME_LENGTH = 63;

/** `DataBucket` of `alluvium-platform-dev` is `alluvium-platform-dev-data-bucket`: a name every service accepts. */
export const derivedName = (stackName: string, logicalId: string): string => {
  const words = logicalId.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3-$2$4');
  const name = `${stackName}-${words}`.toLowerCase();
  if (name.length <= MAX_NAME_LENGTH) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_NAME_LENGTH - 9)}-${digest}`;
};

/** Types that are not known get their name as Ref and no attributes. */
export const identify = (type: string, naming: Naming): Identity =>
  IDENTITIES[type]?.(naming) ?? { ref: naming.name, attributes: {} };
