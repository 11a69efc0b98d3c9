import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '@alluvium/contracts';
import { BatchGetCommand, BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mapLimit } from '@alluvium/lambda-kit';
import { inGroups } from '../concurrency.ts';

/** A table with the keys pk and sk. */
export interface Table {
  client: DynamoDBDocumentClient;
  tableName: string;
}

export interface ItemKey {
  pk: string;
  sk: string;
}

export type Item = Record<string, unknown>;

const MAX_GET = 100;
const MAX_WRITE = 25;
const AT_ONCE = 4;
const MAX_TRIES = 8;
const FIRST_PAUSE_MS = 25;

// DynamoDB answers in part when it is throttled; what it left out is asked again.
const untilDone = async <T>(all: T[], send: (open: T[]) => Promise<T[]>): Promise<void> => {
  let open = all;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (tries > 0) await sleep(FIRST_PAUSE_MS * 2 ** tries);
    open = await send(open);
    if (open.length === 0) return;
  }
  throw new PipelineError(`DynamoDB left ${open.length} of ${all.length} items undone`, {
    code: 'STORE_UNAVAILABLE',
    kind: 'unavailable',
  });
};

/** Reads items consistently, in no order; missing ones are left out. */
export const getItems = async ({ client, tableName }: Table, keys: ItemKey[]): Promise<Item[]> => {
  const items: Item[] = [];
  await mapLimit(inGroups(keys, MAX_GET), AT_ONCE, (group) =>
    untilDone(group, async (open) => {
      const request = { [tableName]: { Keys: open, ConsistentRead: true } };
      const answer = await client.send(new BatchGetCommand({ RequestItems: request }));
      items.push(...(answer.Responses?.[tableName] ?? []));
      return (answer.UnprocessedKeys?.[tableName]?.Keys ?? []) as ItemKey[];
    }),
  );
  return items;
};

/** Writes items over whatever is there. */
export const putItems = async ({ client, tableName }: Table, items: Item[]): Promise<void> => {
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  await mapLimit(inGroups(requests, MAX_WRITE), AT_ONCE, (group) =>
    untilDone(group, async (open) => {
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: open } }));
      return (answer.UnprocessedItems?.[tableName] ?? []) as typeof open;
    }),
  );
};

/** Runs a conditional write; false when its condition did not hold. */
export const ifAllowed = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if ((error as { name?: string }).name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};
