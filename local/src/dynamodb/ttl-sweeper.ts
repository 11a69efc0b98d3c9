import dynalite, { type Item, type Table } from 'dynalite/db/index.js';
import { isConditionFailure } from './api-error.ts';
import type { DynamoDbContext } from './context.ts';
import { readTable } from './engine.ts';
import { deleteItem } from './item-writes.ts';
import { forgetOldTokens } from './request-tokens.ts';
import { allSettings } from './table-settings.ts';
import { itemPrefix, rangeOf } from './write-batch.ts';

const INTERVAL_MS = 30_000;

/** AWS takes a time further back for a mistake and keeps the item. */
const OLDEST_S = 5 * 365 * 24 * 3600;

const isExpired = (item: Item, attribute: string, nowS: number): boolean => {
  const value = item[attribute]?.N;
  const expiryS = typeof value === 'string' ? Number(value) : NaN;
  return expiryS < nowS && expiryS > nowS - OLDEST_S;
};

const deleteExpired = async (
  context: DynamoDbContext,
  table: Table,
  item: Item,
  attribute: string,
): Promise<void> => {
  const paths = table.KeySchema.map(({ AttributeName }) => [AttributeName]);
  try {
    await deleteItem(context, {
      TableName: table.TableName,
      Key: dynalite.mapPaths(paths, item),
      // the item may have been given more time since we read it
      ConditionExpression: '#ttl = :expiry',
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':expiry': item[attribute] },
    });
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
};

/** Deletes what has expired, and request tokens that are out of date. */
export const sweep = async (context: DynamoDbContext): Promise<void> => {
  const nowS = context.clock.nowMs() / 1000;
  for await (const [name, { ttlAttribute }] of allSettings(context.store)) {
    if (ttlAttribute === undefined) continue;
    const table = await readTable(context.store, name);
    for await (const [, value] of context.store.db.iterator(rangeOf(itemPrefix(name)))) {
      if (isExpired(value as Item, ttlAttribute, nowS)) {
        await deleteExpired(context, table, value as Item, ttlAttribute);
      }
    }
  }
  await forgetOldTokens(context);
};

/** Sweeps again and again until the returned function is called; that one resolves when the last sweep has ended. */
export const startSweeper = (context: DynamoDbContext): (() => Promise<void>) => {
  let isStopped = false;
  let running = Promise.resolve();
  let cancel = (): void => undefined;
  const plan = (): void => {
    cancel = context.clock.after(INTERVAL_MS, () => {
      running = sweep(context)
        .catch((error: unknown) => {
          if (!isStopped) console.error(error);
        })
        .then(() => {
          if (!isStopped) plan();
        });
    });
  };
  plan();
  return () => {
    isStopped = true;
    cancel();
    return running;
  };
};
