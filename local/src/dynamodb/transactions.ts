import { createHash } from 'node:crypto';
import dynalite, { type Reply } from 'dynalite/db/index.js';
import { apiError, isApiError, isConditionFailure, validationError, type ApiError } from './api-error.ts';
import type { DynamoDbContext } from './context.ts';
import { perform, rowKey } from './engine.ts';
import { prepareWrite, stageCheck, stageWrite, type ItemWrite, type WriteAction } from './item-writes.ts';
import { prepareGet } from './reads.ts';
import { recallToken, rememberToken } from './request-tokens.ts';
import { startBatch, type WriteBatch } from './write-batch.ts';

type Body = Record<string, unknown>;
type Member = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

const ACTION_OF: Record<Member, WriteAction> = {
  Put: 'putItem',
  Update: 'updateItem',
  Delete: 'deleteItem',
  ConditionCheck: 'deleteItem',
};

const MAX_ITEMS = 100;

interface Step {
  write: ItemWrite;
  isCheck: boolean;
}

interface Reason {
  Code: string;
  Message?: string;
  Item?: unknown;
}

const readItems = (body: Body): Record<string, Body>[] => {
  const items = body.TransactItems;
  if (Array.isArray(items) && items.length > 0 && items.length <= MAX_ITEMS) {
    return items as Record<string, Body>[];
  }
  const shown = Array.isArray(items) ? `'${JSON.stringify(items)}'` : 'null';
  const wanted = !Array.isArray(items)
    ? 'Member must not be null'
    : items.length === 0
      ? 'Member must have length greater than or equal to 1'
      : `Member must have length less than or equal to ${MAX_ITEMS}`;
  throw validationError(
    `1 validation error detected: Value ${shown} at 'transactItems' failed to satisfy constraint: ${wanted}`,
  );
};

const prepareStep = async (
  { store }: DynamoDbContext,
  item: Record<string, Body>,
  position: number,
): Promise<Step> => {
  const [member, more] = Object.entries(item);
  if (member === undefined || more !== undefined || !(member[0] in ACTION_OF)) {
    throw validationError(
      'TransactItems can only contain one of Check, Put, Update or Delete: each item must have exactly one of them',
    );
  }
  const [kind, body] = member as [Member, Body];
  if (kind === 'ConditionCheck' && body.ConditionExpression === undefined) {
    throw validationError(
      `1 validation error detected: Value null at 'transactItems.${position + 1}.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null`,
    );
  }
  const write = await prepareWrite(store, ACTION_OF[kind], { ...body, ReturnConsumedCapacity: 'TOTAL' });
  return { write, isCheck: kind === 'ConditionCheck' };
};

const identityOf = ({ write }: Step): string | undefined => {
  try {
    return `${write.request.TableName}\0${rowKey(write.request, write.table)}`;
  } catch {
    return undefined; // reported as this item's cancellation reason
  }
};

const refuseRepeats = (steps: Step[]): void => {
  const identities = steps.map(identityOf).filter((identity) => identity !== undefined);
  if (new Set(identities).size < identities.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
};

const reasonOf = (error: ApiError): Reason => ({
  Code: isConditionFailure(error) ? 'ConditionalCheckFailed' : 'ValidationError',
  Message: error.body.message ?? error.message,
  ...(error.body.Item === undefined ? {} : { Item: error.body.Item }),
});

const cancelled = (reasons: Reason[]): ApiError => {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`;
  return apiError('TransactionCanceledException', message, {
    Message: message,
    CancellationReasons: reasons,
  });
};

/** Stages all steps; every failing one gives its reason, as AWS reports them together. */
const stageAll = async (batch: WriteBatch, steps: Step[]): Promise<Map<string, number>> => {
  const reasons: Reason[] = [];
  const units = new Map<string, number>();
  for (const { write, isCheck } of steps) {
    try {
      const reply = await (isCheck ? stageCheck(batch, write) : stageWrite(batch, write));
      const capacity = reply.ConsumedCapacity as { CapacityUnits: number } | undefined;
      const table = write.request.TableName;
      units.set(table, (units.get(table) ?? 0) + (capacity?.CapacityUnits ?? 1));
      reasons.push({ Code: 'None' });
    } catch (error) {
      if (!isApiError(error)) throw error;
      reasons.push(reasonOf(error));
    }
  }
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
  return units;
};

/** Transactions cost two units for each unit of a plain call. */
const capacityReply = (wish: unknown, units: Map<string, number>, member: string): Reply => {
  if (wish !== 'TOTAL' && wish !== 'INDEXES') return {};
  const tables = [...units].map(([TableName, count]) => ({
    TableName,
    CapacityUnits: 2 * count,
    [member]: 2 * count,
  }));
  return { ConsumedCapacity: tables };
};

/** TransactWriteItems: all writes in one LevelDB batch together with the request token, so that a retry after a crash is still recognised. */
export const transactWriteItems = async (context: DynamoDbContext, body: Body): Promise<Reply> => {
  const items = readItems(body);
  const token = typeof body.ClientRequestToken === 'string' ? body.ClientRequestToken : undefined;
  const signature = createHash('sha256').update(JSON.stringify(items)).digest('hex');
  const steps = await Promise.all(items.map((item, position) => prepareStep(context, item, position)));
  refuseRepeats(steps);
  return context.writers.run(async () => {
    if (token !== undefined && (await recallToken(context, token, signature))) return {};
    const batch = startBatch(context.store);
    const units = await stageAll(batch, steps);
    if (token !== undefined) batch.entries.push(rememberToken(context, token, signature));
    await batch.commit();
    return capacityReply(body.ReturnConsumedCapacity, units, 'WriteCapacityUnits');
  });
};

/** TransactGetItems: reads between two writes, so it never sees half of one. */
export const transactGetItems = async (context: DynamoDbContext, body: Body): Promise<Reply> => {
  const items = readItems(body);
  const requests = await Promise.all(items.map(({ Get }) => prepareGet(context, { ...Get })));
  return context.writers.run(async () => {
    const units = new Map<string, number>();
    const Responses: Reply[] = [];
    for (const request of requests) {
      const { Item: item } = await perform(context.store, 'getItem', request);
      const size =
        item === undefined ? 1 : dynalite.itemSize(item as Parameters<typeof dynalite.itemSize>[0]);
      units.set(request.TableName, (units.get(request.TableName) ?? 0) + Math.ceil(size / 4096));
      Responses.push(item === undefined ? {} : { Item: item });
    }
    return { Responses, ...capacityReply(body.ReturnConsumedCapacity, units, 'ReadCapacityUnits') };
  });
};
