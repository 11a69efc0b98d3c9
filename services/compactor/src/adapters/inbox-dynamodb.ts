import { HISTORY_HORIZON_MS } from '@alluvium/vector-store';
import {
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Arrivals } from '../domain/compaction-trigger.ts';
import type { DeltaPlace } from '../domain/delta-place.ts';
import type { HeadMark } from '../domain/invariants.ts';
import type { InboxItem, Outcome, RegisteredIndex } from '../domain/inbox-item.ts';
import type { InboxStore } from '../ports.ts';

/** A table with the keys pk and sk. */
export interface Table {
  client: Pick<DynamoDBDocumentClient, 'send'>;
  tableName: string;
  nowMs: () => number;
}

type Item = Record<string, unknown>;

const INDEXES = 'indexes';

// A run's replay delivers the same delta in another attempt, and its part wants an announcement of its own.
const skOf = ({ deltaId, attempt }: InboxItem): string => `${deltaId}#${attempt}`;
// Settled deltas lie apart, so that reading what is PENDING does not grow with history.
const pendingKey = (item: InboxItem) => ({ pk: `inbox#${item.indexPath}`, sk: skOf(item) });
const settledKey = (item: InboxItem) => ({ pk: `settled#${item.indexPath}`, sk: skOf(item) });

const itemOf = ({ pk: _pk, sk: _sk, state: _state, ...item }: Item): InboxItem =>
  item as unknown as InboxItem;

const isRefused = (error: unknown): boolean => {
  const { name, CancellationReasons = [] } = error as {
    name?: string;
    CancellationReasons?: { Code?: string }[];
  };
  const canceled = CancellationReasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
  return name === 'ConditionalCheckFailedException' || canceled;
};

// A condition that does not hold means that somebody did it before.
const wasWritten = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (!isRefused(error)) throw error;
    return false;
  }
};

const unlessRefused = async (write: Promise<unknown>): Promise<void> => {
  await wasWritten(write);
};

const query = async (table: Table, condition: Partial<QueryCommandInput>): Promise<Item[]> => {
  const items: Item[] = [];
  let from: Item | undefined;
  do {
    const input = { TableName: table.tableName, ConsistentRead: true, ExclusiveStartKey: from };
    const answer = await table.client.send(new QueryCommand({ ...input, ...condition }));
    items.push(...(answer.Items ?? []));
    from = condition.Limit === undefined ? answer.LastEvaluatedKey : undefined;
  } while (from !== undefined);
  return items;
};

const whereInbox = (indexPath: string): Partial<QueryCommandInput> => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': `inbox#${indexPath}` },
});

const indexes = async (table: Table, collection?: string): Promise<RegisteredIndex[]> => {
  const prefix = collection === undefined ? 'indexes/' : `indexes/${collection}/`;
  const items = await query(table, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': INDEXES, ':prefix': prefix },
  });
  return items.map((item) => ({ collection: String(item['collection']), indexPath: String(item['sk']) }));
};

const add = ({ client, tableName: TableName }: Table, item: InboxItem): Promise<void> => {
  const ConditionExpression = 'attribute_not_exists(pk)';
  const Item = { ...pendingKey(item), ...item, state: 'PENDING' };
  const transaction = new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName, Item, ConditionExpression } },
      { ConditionCheck: { TableName, Key: settledKey(item), ConditionExpression } },
    ],
  });
  return unlessRefused(client.send(transaction));
};

const arrivalsKey = (indexPath: string) => ({ pk: `arrivals#${indexPath}`, sk: 'arrivals' });

const countArrival = async (
  { client, tableName }: Table,
  { indexPath, pointer }: InboxItem,
): Promise<Arrivals> => {
  const update = new UpdateCommand({
    TableName: tableName,
    Key: arrivalsKey(indexPath),
    UpdateExpression:
      'SET deltas = if_not_exists(deltas, :zero) + :one, sizeBytes = if_not_exists(sizeBytes, :zero) + :bytes',
    ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':bytes': pointer.bytes },
    ReturnValues: 'ALL_NEW',
  });
  const { Attributes = {} } = await client.send(update);
  return { deltas: Number(Attributes['deltas']), bytes: Number(Attributes['sizeBytes']) };
};

const restartCount = async ({ client, tableName }: Table, indexPath: string): Promise<void> => {
  const Item = { ...arrivalsKey(indexPath), deltas: 0, sizeBytes: 0 };
  await client.send(new PutCommand({ TableName: tableName, Item }));
};

const postpone = (
  { client, tableName }: Table,
  item: InboxItem,
  next: { tries: number; notBeforeMs: number },
): Promise<void> => {
  const update = new UpdateCommand({
    TableName: tableName,
    Key: pendingKey(item),
    UpdateExpression: 'SET tries = :tries, notBeforeMs = :notBeforeMs',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':tries': next.tries, ':notBeforeMs': next.notBeforeMs },
  });
  return unlessRefused(client.send(update));
};

const settle = (
  { client, tableName: TableName, nowMs }: Table,
  item: InboxItem,
  outcome: Outcome,
): Promise<void> => {
  const settledAtMs = nowMs();
  // As long as the snapshot remembers its deltas one by one.
  const ttlEpochSeconds = Math.ceil((settledAtMs + HISTORY_HORIZON_MS) / 1000);
  const Item = { ...settledKey(item), ...item, ...outcome, settledAtMs, ttlEpochSeconds };
  const transaction = new TransactWriteCommand({
    TransactItems: [
      { Delete: { TableName, Key: pendingKey(item), ConditionExpression: 'attribute_exists(pk)' } },
      { Put: { TableName, Item } },
    ],
  });
  return unlessRefused(client.send(transaction));
};

const rememberHead = (
  { client, tableName }: Table,
  indexPath: string,
  { version, fence }: HeadMark,
): Promise<boolean> => {
  const update = new UpdateCommand({
    TableName: tableName,
    Key: { pk: `head#${indexPath}`, sk: 'head' },
    UpdateExpression: 'SET headVersion = :version, headFence = :fence',
    ConditionExpression: 'attribute_not_exists(pk) OR (headVersion <= :version AND headFence <= :fence)',
    ExpressionAttributeValues: { ':version': version, ':fence': fence },
  });
  return wasWritten(client.send(update));
};

const isSettled = async (table: Table, indexPath: string, deltaId: string): Promise<boolean> => {
  const found = await query(table, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': `settled#${indexPath}`, ':prefix': `${deltaId}#` },
    Limit: 1,
  });
  return found.length > 0;
};

const quarantine = async (
  { client, tableName, nowMs }: Table,
  { collection, deltaId, key }: DeltaPlace,
  why: { reason: string; message: string },
): Promise<void> => {
  const ttlEpochSeconds = Math.ceil((nowMs() + HISTORY_HORIZON_MS) / 1000);
  const Item = { pk: `quarantine#${collection}`, sk: deltaId, key, ...why, ttlEpochSeconds };
  await client.send(new PutCommand({ TableName: tableName, Item }));
};

const quarantined = async (table: Table, collection: string): Promise<Set<string>> => {
  const items = await query(table, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': `quarantine#${collection}` },
  });
  return new Set(items.map(({ sk }) => String(sk)));
};

/** The inbox in DynamoDB: `indexes`, `inbox#<index path>`, `settled#<index path>` and `quarantine#<collection>`. */
export const dynamoDbInbox = (table: Table): InboxStore => ({
  register: async ({ collection, indexPath }) => {
    const Item = { pk: INDEXES, sk: indexPath, collection };
    await table.client.send(new PutCommand({ TableName: table.tableName, Item }));
  },
  indexes: (collection) => indexes(table, collection),
  add: (item) => add(table, item),
  countArrival: (item) => countArrival(table, item),
  restartCount: (indexPath) => restartCount(table, indexPath),
  pending: async (indexPath) => (await query(table, whereInbox(indexPath))).map(itemOf),
  hasPending: async (indexPath) => (await query(table, { ...whereInbox(indexPath), Limit: 1 })).length > 0,
  postpone: (item, next) => postpone(table, item, next),
  settle: (item, outcome) => settle(table, item, outcome),
  rememberHead: (indexPath, mark) => rememberHead(table, indexPath, mark),
  isSettled: (indexPath, deltaId) => isSettled(table, indexPath, deltaId),
  quarantine: (place, why) => quarantine(table, place, why),
  quarantined: (collection) => quarantined(table, collection),
});
