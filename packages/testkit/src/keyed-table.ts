import { CreateTableCommand, waitUntilTableExists, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

const KEYS = { pk: 'HASH', sk: 'RANGE' } as const;
const LONGEST_WAIT_SECONDS = 10;

/** Makes a table as every service has it, keyed by pk and sk; resolves when it can be used. */
export const createKeyedTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: Object.keys(KEYS).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: Object.entries(KEYS).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    }),
  );
  const waiting = { client, maxWaitTime: LONGEST_WAIT_SECONDS, minDelay: 0.02, maxDelay: 0.2 };
  await waitUntilTableExists(waiting, { TableName: tableName });
};
