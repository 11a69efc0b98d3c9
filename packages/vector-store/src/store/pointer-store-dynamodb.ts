import { PipelineError, sha256Hex } from '@alluvium/contracts';
import { DeleteCommand, GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { GetOptions, ObjectStore, PutCondition, PutResult, StoredObject } from './object-store.ts';

/** A table whose key is named `pk` and `sk`. */
export interface PointerTable {
  client: DynamoDBDocumentClient;
  tableName: string;
}

interface PointerItem {
  body: Uint8Array;
  etag: string;
}

const SORT_KEY = 'POINTER';

const isPointer = (key: string): boolean => key.endsWith('/HEAD');

const unavailable = (operation: string, key: string, cause: unknown): PipelineError =>
  new PipelineError(
    `${operation} of the pointer ${key} failed: ${cause instanceof Error ? cause.message : 'no reason given'}`,
    {
      code: 'STORE_UNAVAILABLE',
      kind: 'unavailable',
      details: { key, operation },
      cause,
    },
  );

const read = async (
  { client, tableName }: PointerTable,
  key: string,
  { ifNoneMatch }: GetOptions,
): Promise<StoredObject | 'not-modified' | undefined> => {
  const command = new GetCommand({
    TableName: tableName,
    Key: { pk: key, sk: SORT_KEY },
    ConsistentRead: true,
  });
  const { Item } = await client.send(command).catch((error: unknown) => {
    throw unavailable('Reading', key, error);
  });
  if (!Item) return undefined;
  const { body, etag } = Item as PointerItem;
  if (etag === ifNoneMatch) return 'not-modified';
  return { key, body: new Uint8Array(body), etag, sizeBytes: body.length };
};

const conditionOf = (key: string, { ifMatch, ifNoneMatch }: PutCondition) => {
  if (ifMatch !== undefined)
    return { ConditionExpression: 'etag = :etag', ExpressionAttributeValues: { ':etag': ifMatch } };
  if (ifNoneMatch !== undefined) return { ConditionExpression: 'attribute_not_exists(pk)' };
  throw new PipelineError(`The pointer ${key} is written only under a condition`, {
    code: 'STORE_DENIED',
    kind: 'invalid',
    details: { key },
  });
};

const write = async (
  { client, tableName }: PointerTable,
  { key, body }: { key: string; body: Uint8Array },
  condition: PutCondition,
): Promise<PutResult> => {
  const etag = `"${sha256Hex(body)}"`;
  const Item = { pk: key, sk: SORT_KEY, etag, body: new Uint8Array(body) };
  try {
    await client.send(new PutCommand({ TableName: tableName, Item, ...conditionOf(key, condition) }));
    return { etag };
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw unavailable('Writing', key, error);
    throw new PipelineError(`The pointer ${key} is not what the write expects`, {
      code: 'PRECONDITION_FAILED',
      kind: 'conflict',
      details: { key },
      cause: error,
    });
  }
};

/**
 * Keeps the HEADs of indexes in a DynamoDB table and everything else in `objects`: for storage that has no conditional writes.
 * Pointers are not listed. Errors: as those of an object store; STORE_DENIED for a HEAD without a condition.
 */
export const pointersInDynamoDb = (objects: ObjectStore, table: PointerTable): ObjectStore => ({
  get: (key, options = {}) => (isPointer(key) ? read(table, key, options) : objects.get(key, options)),
  put: (key, body, condition = {}, options = {}) =>
    isPointer(key) ? write(table, { key, body }, condition) : objects.put(key, body, condition, options),
  list: (prefix) => objects.list(prefix),
  delete: async (key) => {
    if (!isPointer(key)) return objects.delete(key);
    const command = new DeleteCommand({ TableName: table.tableName, Key: { pk: key, sk: SORT_KEY } });
    await table.client.send(command).catch((error: unknown) => {
      throw unavailable('Deleting', key, error);
    });
  },
});
