import { QueryCommand, type DynamoDBDocumentClient, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';

/** The service's table: keys pk and sk, index GSI1, items that expire at ttlEpochSeconds. */
export interface Table {
  client: DynamoDBDocumentClient;
  tableName: string;
  nowMs: () => number;
}

export type Item = Record<string, unknown>;

const KEPT_SECONDS = 30 * 24 * 3600;

/** When an item of a job may be forgotten. */
export const expiryOf = ({ nowMs }: Table): number => Math.floor(nowMs() / 1000) + KEPT_SECONDS;

/** Runs a conditional write; false when its condition did not hold or another transaction holds the item. */
export const ifAllowed = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    const { name, CancellationReasons = [] } = error as {
      name?: string;
      CancellationReasons?: { Code?: string }[];
    };
    if (name === 'ConditionalCheckFailedException' || name === 'TransactionConflictException') return false;
    const lost = CancellationReasons.some(({ Code }) =>
      /^(ConditionalCheckFailed|TransactionConflict)$/.test(Code ?? ''),
    );
    if (lost) return false;
    throw error;
  }
};

/** All items of a query, however many pages they are. */
export const queryAll = async (
  { client, tableName }: Table,
  input: Omit<QueryCommandInput, 'TableName'>,
): Promise<Item[]> => {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({ ...input, TableName: tableName, ExclusiveStartKey: from }),
    );
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};
