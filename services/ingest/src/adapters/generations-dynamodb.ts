import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { sha256Hex } from '@alluvium/contracts';
import type { Generation, GenerationStore } from '../ports.ts';
import { ifAllowed, putItems, type Item, type ItemKey, type Table } from './dynamodb-batches.ts';

const keyOf = (collection: string, source: string): string => `source#${collection}#${source}`;
// Padded, so that the order of the keys is the order of the fences.
const skOf = (fence: number): string => `state#${String(fence).padStart(12, '0')}`;

const generationOf = ({ pk: _pk, sk: _sk, ...generation }: Item): Generation =>
  generation as unknown as Generation;

const DELETED = 'deleted#';
/** A source that was not read for so long finds its deleted documents again when they change. */
const DELETIONS_KEPT_SECONDS = 400 * 86_400;

const deletionItem = (key: string, atMs: number): Item => {
  const ttlEpochSeconds = Math.floor(atMs / 1000) + DELETIONS_KEPT_SECONDS;
  // Hashed, since keys of documents may be longer than those of the table.
  return { sk: `${DELETED}${sha256Hex(key)}`, key, atMs, ttlEpochSeconds };
};

const deletedSince = async ({ client, tableName }: Table, pk: string, sinceMs: number): Promise<string[]> => {
  const keys: string[] = [];
  let from: Item | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :deleted)',
        ExpressionAttributeValues: { ':pk': pk, ':deleted': DELETED },
        ExclusiveStartKey: from,
      }),
    );
    const items = answer.Items ?? [];
    keys.push(...items.filter(({ atMs }) => Number(atMs) >= sinceMs).map(({ key }) => String(key)));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return keys;
};

const rollbackKey = (collection: string): ItemKey => ({ pk: `collection#${collection}`, sk: 'rollback' });

/**
 * The states of sources in DynamoDB: `source#<collection>#<source>` with `state#<fence>` and `deleted#<hash>`, and
 * `collection#<collection>`.
 */
export const dynamoDbGenerations = ({ client, tableName }: Table): GenerationStore => ({
  newest: async (collection, source, limit) => {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :state)',
        ExpressionAttributeValues: { ':pk': keyOf(collection, source), ':state': 'state#' },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return (answer.Items ?? []).map(generationOf);
  },
  add: async (collection, source, generation) => {
    const Item = { pk: keyOf(collection, source), sk: skOf(generation.fence), ...generation };
    await client.send(new PutCommand({ TableName: tableName, Item }));
  },
  noteRollback: async (collection, atMs) => {
    const put = new PutCommand({
      TableName: tableName,
      Item: { ...rollbackKey(collection), atMs },
      ConditionExpression: 'attribute_not_exists(pk) OR atMs < :atMs',
      ExpressionAttributeValues: { ':atMs': atMs },
    });
    await ifAllowed(() => client.send(put));
  },
  lastRollbackMs: async (collection) => {
    const get = new GetCommand({ TableName: tableName, Key: rollbackKey(collection), ConsistentRead: true });
    const { Item } = await client.send(get);
    return Item === undefined ? undefined : Number(Item['atMs']);
  },
  noteDeletion: async (collection, source, { keys, atMs }) => {
    const pk = keyOf(collection, source);
    const items = [...new Set(keys)].map((key) => ({ pk, ...deletionItem(key, atMs) }));
    await putItems({ client, tableName }, items);
  },
  deletedSince: (collection, source, sinceMs) =>
    deletedSince({ client, tableName }, keyOf(collection, source), sinceMs),
});
