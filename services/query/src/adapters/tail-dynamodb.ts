import { PipelineError } from '@alluvium/contracts';
import { QueryCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { PendingDelta } from '../domain/pending-delta.ts';
import type { TailTable } from '../ports.ts';

/** A table with the keys pk and sk. */
export interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  tableName: string;
  nowMs: () => number;
}

type Item = Record<string, unknown>;

/** What stays longer is not late but lost; the snapshot says what counts in any case. */
const KEPT_MS = 7 * 24 * 3600 * 1000;

// Settled deltas lie apart, so that reading what is pending does not grow with history.
const pendingKey = (indexPath: string, deltaId: string) => ({ pk: `tail#${indexPath}`, sk: deltaId });
const settledKey = (indexPath: string, deltaId: string) => ({ pk: `settled#${indexPath}`, sk: deltaId });

const isRefused = (error: unknown): boolean => {
  const { CancellationReasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return CancellationReasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
};

const expiry = ({ nowMs }: Table): { ttlEpochSeconds: number } => ({
  ttlEpochSeconds: Math.ceil((nowMs() + KEPT_MS) / 1000),
});

const add = async (table: Table, indexPath: string, delta: PendingDelta): Promise<void> => {
  const { client, tableName: TableName } = table;
  const { deltaId } = delta;
  const ConditionExpression = 'attribute_not_exists(pk)';
  const Item = { ...pendingKey(indexPath, deltaId), ...delta, ...expiry(table) };
  const transaction = new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName, Item, ConditionExpression } },
      // The event may come after the one that says that the delta is settled.
      { ConditionCheck: { TableName, Key: settledKey(indexPath, deltaId), ConditionExpression } },
    ],
  });
  try {
    await client.send(transaction);
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
};

const settle = async (table: Table, indexPath: string, deltaId: string): Promise<void> => {
  const { client, tableName: TableName } = table;
  const Item = { ...settledKey(indexPath, deltaId), ...expiry(table) };
  const transaction = new TransactWriteCommand({
    TransactItems: [
      { Delete: { TableName, Key: pendingKey(indexPath, deltaId) } },
      { Put: { TableName, Item } },
    ],
  });
  await client.send(transaction);
};

const pending = async ({ client, tableName }: Table, indexPath: string): Promise<PendingDelta[]> => {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const command = new QueryCommand({
      TableName: tableName,
      // What was announced before the query began is in the answer.
      ConsistentRead: true,
      ExclusiveStartKey: from,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `tail#${indexPath}` },
    });
    const answer = await client.send(command);
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return items.map(
    ({ pk: _pk, sk: _sk, ttlEpochSeconds: _ttl, ...delta }) => delta as unknown as PendingDelta,
  );
};

// A caller can do something about it, which no error of the SDK says.
const unavailable = (cause: unknown): PipelineError =>
  new PipelineError(
    'The table of unsettled deltas does not answer. Come again, or search with consistency=snapshot.',
    { code: 'STORE_UNAVAILABLE', kind: 'unavailable', cause },
  );

/** The tail in DynamoDB: `tail#<index path>` and `settled#<index path>`. */
export const dynamoDbTail = (table: Table): TailTable => ({
  add: (indexPath, delta) => add(table, indexPath, delta),
  settle: (indexPath, deltaId) => settle(table, indexPath, deltaId),
  pending: (indexPath) =>
    pending(table, indexPath).catch((error: unknown) => {
      throw unavailable(error);
    }),
});
