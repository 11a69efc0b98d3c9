import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ResolvedResource } from './resolve-stacks.ts';
import { errorAt, objectAt } from './read-functions.ts';
import { jsonList, jsonText } from './template.ts';

const hasName = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);

const bucketExists = async (s3: S3Client, Bucket: string): Promise<boolean> => {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (hasName(error, 'NotFound', 'NoSuchBucket')) return false;
    throw error;
  }
};

/** Makes the bucket, or brings versioning and notifications of the one there is up to date. Objects stay. */
export const provisionBucket = async (s3: S3Client, { ref, properties }: ResolvedResource): Promise<void> => {
  if (!(await bucketExists(s3, ref))) await s3.send(new CreateBucketCommand({ Bucket: ref }));
  const { Status } = objectAt(properties, 'VersioningConfiguration');
  if (Status === 'Enabled' || Status === 'Suspended')
    await s3.send(new PutBucketVersioningCommand({ Bucket: ref, VersioningConfiguration: { Status } }));
  const notifies = properties.NotificationConfiguration !== undefined;
  const wanted = objectAt(properties, 'NotificationConfiguration').EventBridgeConfiguration !== undefined;
  if (notifies)
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: ref,
        NotificationConfiguration: wanted ? { EventBridgeConfiguration: {} } : {},
      }),
    );
};

export const provisionBucketPolicy = async (
  s3: S3Client,
  { properties }: ResolvedResource,
): Promise<void> => {
  const Bucket = jsonText(properties.Bucket) ?? '';
  const Policy = JSON.stringify(properties.PolicyDocument);
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
};

const describeTable = async (db: DynamoDBClient, TableName: string) => {
  try {
    return (await db.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (hasName(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
};

const createTable = async (db: DynamoDBClient, { ref, properties }: ResolvedResource): Promise<void> => {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  const input = {
    TableName: ref,
    ...{ AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes },
    // capacity is nothing that a laptop has to plan
    BillingMode: 'PAY_PER_REQUEST',
  };
  await db.send(new CreateTableCommand(input as unknown as CreateTableCommandInput));
  await waitUntilTableExists({ client: db, maxWaitTime: 30, minDelay: 1 }, { TableName: ref });
};

const keyText = (schema: readonly unknown[] | undefined): string =>
  (schema as { AttributeName: string; KeyType: string }[] | undefined)
    ?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`)
    .join(', ') ?? '';

/** Adds the indexes that the template has gained; anything else about a table with data in it stays as it is. */
const updateIndexes = async (
  db: DynamoDBClient,
  table: ResolvedResource,
  present: TableDescription,
): Promise<void> => {
  const { AttributeDefinitions, GlobalSecondaryIndexes, KeySchema } = table.properties;
  if (keyText(jsonList(KeySchema)) !== keyText(present.KeySchema))
    throw errorAt(
      `the table ${table.ref} exists with the key ${keyText(present.KeySchema)}; a key cannot change, remove the old data first`,
      table,
      'KeySchema',
    );
  const names = new Set(present.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName));
  const missing = jsonList(GlobalSecondaryIndexes).filter(
    (index) => !names.has(jsonText(objectAt(index).IndexName)),
  );
  for (const index of missing) {
    await db.send(
      new UpdateTableCommand({
        TableName: table.ref,
        AttributeDefinitions:
          AttributeDefinitions as unknown as CreateTableCommandInput['AttributeDefinitions'],
        GlobalSecondaryIndexUpdates: [{ Create: index as unknown as GlobalSecondaryIndex }],
      }),
    );
  }
};

const updateTimeToLive = async (db: DynamoDBClient, { ref, properties }: ResolvedResource): Promise<void> => {
  const { AttributeName, Enabled } = objectAt(properties, 'TimeToLiveSpecification');
  const name = jsonText(AttributeName);
  if (name === undefined || Enabled === false) return;
  const { TimeToLiveDescription } = await db.send(new DescribeTimeToLiveCommand({ TableName: ref }));
  if (TimeToLiveDescription?.AttributeName === name) return;
  const TimeToLiveSpecification = { AttributeName: name, Enabled: true };
  await db.send(new UpdateTimeToLiveCommand({ TableName: ref, TimeToLiveSpecification }));
};

/** Makes the table, or adds what it lacks. Items stay. Throws TEMPLATE_INVALID when the key of an existing table differs. */
export const provisionTable = async (db: DynamoDBClient, table: ResolvedResource): Promise<void> => {
  const present = await describeTable(db, table.ref);
  if (present === undefined) await createTable(db, table);
  else await updateIndexes(db, table, present);
  await updateTimeToLive(db, table);
};
