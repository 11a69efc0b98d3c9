import type { Reply, Request, Store, Table } from 'dynalite/db/index.js';
import { apiError, isConditionFailure, validationError } from './api-error.ts';
import { matches } from './condition.ts';
import type { DynamoDbContext, Operation } from './context.ts';
import { perform, readItem, readTable, rowKey, validate } from './engine.ts';
import { startBatch, type WriteBatch } from './write-batch.ts';

export type WriteAction = 'putItem' | 'updateItem' | 'deleteItem';

/** A validated write of one item. */
export interface ItemWrite {
  action: WriteAction;
  request: Request;
  table: Table;
  /** ReturnValuesOnConditionCheckFailure=ALL_OLD */
  returnsOldOnFailure: boolean;
}

const returnsOld = (body: Record<string, unknown>): boolean => {
  const wish = body.ReturnValuesOnConditionCheckFailure ?? 'NONE';
  if (wish === 'ALL_OLD' || wish === 'NONE') return wish === 'ALL_OLD';
  throw validationError(
    `1 validation error detected: Value '${JSON.stringify(wish)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
  );
};

/** Checks the request and finds its table. */
export const prepareWrite = async (
  store: Store,
  action: WriteAction,
  body: Record<string, unknown>,
): Promise<ItemWrite> => {
  const returnsOldOnFailure = returnsOld(body);
  const request = validate(store, action, body);
  return { action, request, returnsOldOnFailure, table: await readTable(store, request.TableName) };
};

const checkCondition = (write: ItemWrite, old: Request['Item']): void => {
  const condition = write.request._condition;
  if (condition === undefined || matches(condition.expression, old ?? {})) return;
  throw apiError('ConditionalCheckFailedException', 'The conditional request failed');
};

/** Only checks the condition of `write`; fails like the write itself would. */
export const stageCheck = (batch: WriteBatch, write: ItemWrite): Promise<Reply> =>
  withOldItem(batch, write, (old) => {
    checkCondition(write, old);
    return Promise.resolve({});
  });

/** Adds the item and its index rows to the batch, or fails when the condition does not hold. */
export const stageWrite = (batch: WriteBatch, write: ItemWrite): Promise<Reply> =>
  withOldItem(batch, write, (old) => {
    checkCondition(write, old);
    const { _condition: _, ...request } = write.request;
    return perform(batch.store, write.action, request);
  });

const withOldItem = async (
  batch: WriteBatch,
  write: ItemWrite,
  run: (old: Request['Item']) => Promise<Reply>,
): Promise<Reply> => {
  const old = await readItem(batch.store, write.request.TableName, rowKey(write.request, write.table));
  try {
    return await run(old);
  } catch (error) {
    if (isConditionFailure(error) && write.returnsOldOnFailure && old !== undefined) error.body.Item = old;
    throw error;
  }
};

const writeItem =
  (action: WriteAction): Operation =>
  async ({ store, writers }, body) => {
    const write = await prepareWrite(store, action, body);
    return writers.run(async () => {
      const batch = startBatch(store);
      const reply = await stageWrite(batch, write);
      await batch.commit();
      return reply;
    });
  };

export const putItem = writeItem('putItem');
export const updateItem = writeItem('updateItem');
export const deleteItem = writeItem('deleteItem');

export const batchWriteItem = async (
  { store, writers }: DynamoDbContext,
  body: Record<string, unknown>,
): Promise<Reply> => {
  const request = validate(store, 'batchWriteItem', body);
  return writers.run(async () => {
    const batch = startBatch(store);
    const reply = await perform(batch.store, 'batchWriteItem', request);
    await batch.commit();
    return reply;
  });
};
