import { PipelineError } from '@alluvium/contracts';
import { mapLimit } from '@alluvium/lambda-kit';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { isOver, type Batch } from '../domain/batch.ts';
import type { BatchTable } from '../ports.ts';

/** A table with the keys pk and sk. */
export interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  tableName: string;
  nowMs: () => number;
}

type Item = Record<string, unknown>;

const DAY_MS = 86_400_000;
/** What is over stays for questions. */
const KEPT_MS = 30 * DAY_MS;
const READS_AT_ONCE = 16;

// Marks lie apart, so that finding what is open does not grow with history.
const OPEN = 'open';
const markKey = (batchId: string) => ({ pk: OPEN, sk: batchId });
const batchKey = (batchId: string) => ({ pk: `batch#${batchId}`, sk: 'batch' });

const expiry = ({ nowMs }: Table): Item => ({ ttlEpochSeconds: Math.ceil((nowMs() + KEPT_MS) / 1000) });

const batchOf = ({ pk: _pk, sk: _sk, ttlEpochSeconds: _ttl, ...batch }: Item): Batch =>
  batch as unknown as Batch;

const isRefused = (error: unknown): boolean =>
  (error as { name?: string }).name === 'ConditionalCheckFailedException';

const find = async ({ client, tableName }: Table, batchId: string): Promise<Batch | undefined> => {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName, Key: batchKey(batchId), ConsistentRead: true }),
  );
  return Item && batchOf(Item);
};

// Also for a mark whose batch was never added: it expires.
const mark = async (table: Table, batchId: string): Promise<number> => {
  const { Attributes } = await table.client.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: markKey(batchId),
      UpdateExpression: 'SET ttlEpochSeconds = :ttl ADD polls :none',
      ExpressionAttributeValues: { ':ttl': expiry(table)['ttlEpochSeconds'], ':none': 0 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Number(Attributes?.['polls']);
};

const countPoll = async ({ client, tableName }: Table, batchId: string): Promise<number> => {
  const { Attributes } = await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: markKey(batchId),
      UpdateExpression: 'ADD polls :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Number(Attributes?.['polls']);
};

const unmark = async (table: Table, batchId: string): Promise<void> => {
  await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: markKey(batchId) }));
  // A replay may have opened it again meanwhile.
  const batch = await find(table, batchId);
  if (batch !== undefined && !isOver(batch)) await mark(table, batchId);
};

const put = async (table: Table, batch: Batch, condition: object): Promise<boolean> => {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...batchKey(batch.batchId), ...batch, ...(isOver(batch) && expiry(table)) },
        ...condition,
      }),
    );
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  }
};

const changed = ({ batchId, revision }: Batch): PipelineError =>
  new PipelineError(`The batch ${batchId} was changed by another after revision ${revision}`, {
    code: 'BATCH_CHANGED',
    kind: 'conflict',
    details: { batchId, revision },
  });

const save = async (table: Table, batch: Batch): Promise<Batch> => {
  const { batchId } = batch;
  if (!isOver(batch)) await mark(table, batchId);
  const saved = { ...batch, revision: batch.revision + 1 };
  const isSaved = await put(table, saved, {
    ConditionExpression: '#revision = :seen',
    ExpressionAttributeNames: { '#revision': 'revision' },
    ExpressionAttributeValues: { ':seen': batch.revision },
  });
  if (!isSaved) throw changed(batch);
  if (isOver(saved)) await unmark(table, batchId);
  return saved;
};

const openIds = async ({ client, tableName }: Table, limit?: number): Promise<string[]> => {
  const ids: string[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :open',
        ExpressionAttributeValues: { ':open': OPEN },
        ...(limit !== undefined && { Limit: limit }),
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    ids.push(...(answer.Items ?? []).map(({ sk }) => String(sk)));
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined && ids.length < (limit ?? Infinity));
  return ids;
};

const open = async (table: Table): Promise<Batch[]> => {
  const found = await mapLimit(await openIds(table), READS_AT_ONCE, (batchId) => find(table, batchId));
  const batches = found.filter((batch) => batch !== undefined);
  // Left by a process that died between the end of a batch and its mark.
  for (const batch of batches.filter(isOver)) await unmark(table, batch.batchId);
  return batches.filter((batch) => !isOver(batch));
};

/** Batches in DynamoDB: `batch#<batchId>` with `batch`, and `open` with `<batchId>` of those that are not over. */
export const dynamoDbBatches = (table: Table): BatchTable => ({
  add: async (batch) => {
    // First the mark: a batch without one would never be looked at.
    await mark(table, batch.batchId);
    if (await put(table, batch, { ConditionExpression: 'attribute_not_exists(pk)' })) return batch;
    const found = (await find(table, batch.batchId)) ?? batch;
    if (isOver(found)) await unmark(table, batch.batchId);
    return found;
  },
  find: (batchId) => find(table, batchId),
  save: (batch) => save(table, batch),
  open: () => open(table),
  isAnyOpen: async () => (await openIds(table, 1)).length > 0,
  countPoll: (batchId) => countPoll(table, batchId),
});
