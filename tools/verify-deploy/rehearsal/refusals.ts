import { zipEntries } from '../zip-entries.ts';
import type { Json, JsonObject } from '@alluvium/local';

/** Which property names a resource: two of one name cannot be. */
const NAMED_RESOURCES: Readonly<Record<string, string>> = {
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
};

/** A template as it is sent. */
export interface SentTemplate {
  Resources: Record<string, { Type: string; Properties?: JsonObject }>;
  Outputs?: Record<string, { Export?: { Name: Json } }>;
}

/** What an account has and allows. */
export interface Account {
  stacks: ReadonlyMap<string, SentTemplate>;
  /** Largest unpacked size of a function; 250 MB on AWS. */
  mostUnzippedBytes: number;
  uploaded: (keyEnd: string) => Buffer | undefined;
}

export const exportsOf = ({ Outputs = {} }: SentTemplate): string[] =>
  Object.values(Outputs).flatMap(({ Export }) => (typeof Export?.Name === 'string' ? [Export.Name] : []));

const importsOf = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const imported = (value as Record<string, unknown>)['Fn::ImportValue'];
  if (typeof imported === 'string') return [imported];
  return Object.values(value).flatMap(importsOf);
};

const namesOf = ({ Resources }: SentTemplate): string[] =>
  Object.values(Resources).flatMap(({ Type, Properties = {} }) => {
    const name = Properties[NAMED_RESOURCES[Type] ?? ''];
    return typeof name === 'string' ? [`${Type} ${name}`] : [];
  });

const refuseCode = (template: SentTemplate, { uploaded, mostUnzippedBytes }: Account): string | undefined => {
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { S3Key } = Properties.Code as { S3Key: string };
    const zip = uploaded(`/${S3Key}`);
    if (!zip) return `${id}: Error occurred while GetObject. S3 Error Code: NoSuchKey`;
    const bytes = zipEntries(zip).reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes > mostUnzippedBytes)
      return `${id}: Unzipped size must be smaller than ${String(mostUnzippedBytes)} bytes`;
  }
  return undefined;
};

/** Why CloudFormation would refuse a template, in its words; undefined when it would not. */
export const refusalOf = (
  stackName: string,
  template: SentTemplate,
  account: Account,
): string | undefined => {
  const others = [...account.stacks].filter(([name]) => name !== stackName);
  for (const [name, other] of others) {
    const taken = exportsOf(other).find((one) => exportsOf(template).includes(one));
    if (taken !== undefined) return `Export with name ${taken} is already exported by stack ${name}`;
    const twice = namesOf(other).find((one) => namesOf(template).includes(one));
    if (twice !== undefined) return `${twice} already exists in stack ${name}`;
  }
  const exported = new Set(others.flatMap(([, other]) => exportsOf(other)));
  const missing = importsOf(template).find((name) => !exported.has(name));
  if (missing !== undefined) return `No export named ${missing} found`;
  const before = account.stacks.get(stackName);
  const dropped = before ? exportsOf(before).filter((name) => !exportsOf(template).includes(name)) : [];
  for (const [name, other] of others) {
    const used = dropped.find((one) => importsOf(other).includes(one));
    if (used !== undefined) return `Cannot delete export ${used} as it is in use by ${name}`;
  }
  return refuseCode(template, account);
};
