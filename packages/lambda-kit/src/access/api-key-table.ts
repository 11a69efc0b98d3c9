import {
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { ApiKeyRecord } from './api-key.ts';

/** Where keys are kept. */
export interface ApiKeyTable {
  find: (keyId: string) => Promise<ApiKeyRecord | undefined>;
  /** The newest first. */
  list: () => Promise<ApiKeyRecord[]>;
  add: (record: ApiKeyRecord) => Promise<void>;
  /** False when there is no such key. Revoking twice keeps the first time. */
  revoke: (keyId: string, revokedAt: string) => Promise<boolean>;
}

/** A table with the keys pk and sk. */
export interface KeyedTable {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  tableName: string;
}

/** One partition: an installation has few keys, and they are listed together. */
const PARTITION = 'key';

type Item = ApiKeyRecord & { pk: string; sk: string };

const recordOf = ({ pk: _pk, sk: _sk, ...record }: Item): ApiKeyRecord => record;

const isRefused = (error: unknown): boolean => (error as Error).name === 'ConditionalCheckFailedException';

const revoke = async (
  { client, tableName: TableName }: KeyedTable,
  keyId: string,
  revokedAt: string,
): Promise<boolean> => {
  const command = new UpdateCommand({
    TableName,
    Key: { pk: PARTITION, sk: keyId },
    UpdateExpression: 'SET revokedAt = if_not_exists(revokedAt, :at)',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':at': revokedAt },
  });
  try {
    await client.send(command);
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
};

const list = async ({ client, tableName: TableName }: KeyedTable): Promise<ApiKeyRecord[]> => {
  const records: ApiKeyRecord[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': PARTITION },
        ExclusiveStartKey: from,
      }),
    );
    records.push(...((answer.Items ?? []) as Item[]).map(recordOf));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return records.sort((left, right) => (left.createdAt < right.createdAt ? 1 : -1));
};

/** Keys in DynamoDB. */
export const apiKeyTable = (table: KeyedTable): ApiKeyTable => {
  const { client, tableName: TableName } = table;
  return {
    find: async (keyId) => {
      // A key that was revoked a moment ago must not be read from a replica that has not heard.
      const command = new GetCommand({ TableName, Key: { pk: PARTITION, sk: keyId }, ConsistentRead: true });
      const { Item: item } = await client.send(command);
      return item === undefined ? undefined : recordOf(item as Item);
    },
    list: () => list(table),
    add: async (record) => {
      const Item = { pk: PARTITION, sk: record.keyId, ...record };
      await client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    },
    revoke: (keyId, revokedAt) => revoke(table, keyId, revokedAt),
  };
};
