import { DeleteCommand, PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Compaction, MergeInput, OpenCompaction } from '../domain/fan-out.ts';
import type { CompactionStore } from '../ports.ts';

interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  tableName: string;
  nowMs: () => number;
}

const OPEN = 'open';
/** Longer than any compaction; what it leaves goes by itself. */
const KEPT_SECONDS = 24 * 3600;

const pkOf = (indexPath: string): string => `compaction#${indexPath}`;
const expiry = ({ nowMs }: Table): number => Math.ceil(nowMs() / 1000) + KEPT_SECONDS;

const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

const open = (table: Table, compaction: Compaction, replaces: string | undefined): Promise<boolean> => {
  const Item = { pk: pkOf(compaction.indexPath), sk: OPEN, ...compaction, ttlEpochSeconds: expiry(table) };
  const condition =
    replaces === undefined
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'attribute_not_exists(pk) OR compactionId = :replaces',
          ExpressionAttributeValues: { ':replaces': replaces },
        };
  return unlessRefused(table.client.send(new PutCommand({ TableName: table.tableName, Item, ...condition })));
};

const find = async (table: Table, indexPath: string): Promise<OpenCompaction | undefined> => {
  const items: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const answer = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        ConsistentRead: true,
        ExclusiveStartKey: from,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pkOf(indexPath) },
      }),
    );
    items.push(...(answer.Items ?? []));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  const found = items.find(({ sk }) => sk === OPEN);
  if (found === undefined) return undefined;
  const { pk: _pk, sk: _sk, ttlEpochSeconds: _ttl, ...rest } = found;
  const compaction = rest as unknown as Compaction;
  const outputs = items
    .filter((item) => item['sk'] !== OPEN && item['compactionId'] === compaction.compactionId)
    .map((item): [string, MergeInput] => [String(item['mergeId']), item['output'] as MergeInput]);
  return { ...compaction, outputs: new Map(outputs) };
};

const complete = async (
  table: Table,
  { indexPath, compactionId }: Pick<Compaction, 'indexPath' | 'compactionId'>,
  { mergeId, output }: { mergeId: string; output: MergeInput },
): Promise<void> => {
  const key = { pk: pkOf(indexPath), sk: `done#${compactionId}#${mergeId}` };
  const Item = { ...key, compactionId, mergeId, output, ttlEpochSeconds: expiry(table) };
  await table.client.send(new PutCommand({ TableName: table.tableName, Item }));
};

const whereOpen = (table: Table, { indexPath, compactionId }: Compaction) => ({
  TableName: table.tableName,
  Key: { pk: pkOf(indexPath), sk: OPEN },
  ConditionExpression: 'compactionId = :compactionId',
  ExpressionAttributeValues: { ':compactionId': compactionId },
});

const close = async (table: Table, compaction: Compaction): Promise<void> => {
  await unlessRefused(table.client.send(new DeleteCommand(whereOpen(table, compaction))));
};

/** Compactions in DynamoDB: `compaction#<index path>`, `open` and one item a merge that is done. */
export const dynamoDbCompactions = (table: Table): CompactionStore => ({
  open: (compaction, replaces) => open(table, compaction, replaces),
  find: (indexPath) => find(table, indexPath),
  complete: (compaction, done) => complete(table, compaction, done),
  close: (compaction) => close(table, compaction),
});
