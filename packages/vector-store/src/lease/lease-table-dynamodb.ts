import { PipelineError } from '@alluvium/contracts';
import { GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { LeaseChange, LeaseGrant, LeaseItem, LeaseKey, LeaseTable, LeaseWrite } from './lease-table.ts';

interface DynamoDbTable {
  client: DynamoDBDocumentClient;
  tableName: string;
}

interface Expression {
  condition: string;
  update: string;
  values: Record<string, string | number>;
}

const HELD_BY_ME = '#state = :held AND #owner = :owner AND rvn = :rvn';

const grantUpdate = (grant: LeaseGrant): Pick<Expression, 'update' | 'values'> => ({
  update:
    'SET #state = :held, #owner = :owner, rvn = :nextRvn, fence = if_not_exists(fence, :pointerFence) + :one, ' +
    'leaseMs = :leaseMs, expiresAtMs = :expiresAtMs, acquiredAtMs = :nowMs, heartbeatAtMs = :nowMs, heartbeats = :zero' +
    (grant.runId === undefined ? ' REMOVE runId' : ', runId = :runId'),
  values: {
    ':held': 'HELD',
    ':owner': grant.owner,
    ':nextRvn': grant.rvn,
    ':pointerFence': grant.pointerFence,
    ':one': 1,
    ':zero': 0,
    ':leaseMs': grant.leaseMs,
    ':expiresAtMs': grant.nowMs + grant.leaseMs,
    ':nowMs': grant.nowMs,
    ...(grant.runId !== undefined && { ':runId': grant.runId }),
  },
});

const expressionOfGrant = (change: Extract<LeaseChange, { grant: LeaseGrant }>): Expression => {
  const { update, values } = grantUpdate(change.grant);
  if (change.kind === 'acquire')
    return {
      condition: 'attribute_not_exists(pk) OR #state = :free',
      update,
      values: { ...values, ':free': 'FREE' },
    };
  return {
    condition: '#state = :held AND rvn = :seenRvn AND fence = :seenFence AND expiresAtMs < :expiredBeforeMs',
    update,
    values: {
      ...values,
      ':seenRvn': change.seen.rvn,
      ':seenFence': change.seen.fence,
      ':expiredBeforeMs': change.expiredBeforeMs,
    },
  };
};

const expressionOf = (change: LeaseChange): Expression => {
  switch (change.kind) {
    case 'acquire':
    case 'steal':
      return expressionOfGrant(change);
    case 'renew':
      return {
        condition: HELD_BY_ME,
        update:
          'SET rvn = :nextRvn, expiresAtMs = :expiresAtMs, heartbeatAtMs = :nowMs, heartbeats = heartbeats + :one',
        values: {
          ...holder(change),
          ':held': 'HELD',
          ':expiresAtMs': change.nowMs + change.leaseMs,
          ':nowMs': change.nowMs,
          ':one': 1,
        },
      };
    case 'raise-fence':
      return {
        condition: HELD_BY_ME,
        update: 'SET rvn = :nextRvn, fence = :fence',
        values: { ...holder(change), ':held': 'HELD', ':fence': change.fence },
      };
    case 'release':
      return {
        condition: '#owner = :owner AND rvn = :rvn',
        update: 'SET #state = :free, rvn = :nextRvn REMOVE #owner',
        values: { ...holder(change), ':free': 'FREE' },
      };
    case 'force-unlock':
      return {
        condition: 'rvn = :rvn',
        update: 'SET #state = :free, rvn = :nextRvn, fence = fence + :one REMOVE #owner',
        values: { ':rvn': change.rvn, ':nextRvn': change.nextRvn, ':free': 'FREE', ':one': 1 },
      };
  }
};

const holder = (change: { owner: string; rvn: string; nextRvn: string }) => ({
  ':owner': change.owner,
  ':rvn': change.rvn,
  ':nextRvn': change.nextRvn,
});

// `state` and `owner` are reserved words. DynamoDB refuses names that the expressions do not use.
const namesIn = ({ condition, update }: Expression): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ '#state': 'state', '#owner': 'owner' }).filter(([name]) =>
      `${condition} ${update}`.includes(name),
    ),
  );

const itemOf = (stored: Record<string, unknown>): LeaseItem => {
  const { pk: _pk, sk: _sk, ...item } = stored;
  return item as unknown as LeaseItem;
};

// The document client translates answers but not errors: the item in the exception has typed attributes.
const plain = (stored: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(stored).map(([name, value]) => {
      const { S, N } = (typeof value === 'object' ? value : {}) as { S?: string; N?: string };
      return [name, S ?? (N === undefined ? value : Number(N))];
    }),
  );

const storeFailure = (operation: string, key: LeaseKey, cause: unknown): PipelineError =>
  new PipelineError(
    `Lease ${key.pk}: ${operation} failed: ${cause instanceof Error ? cause.message : 'no reason given'}`,
    { code: 'STORE_UNAVAILABLE', kind: 'unavailable', details: { ...key, operation }, cause },
  );

const write = async (table: DynamoDbTable, key: LeaseKey, change: LeaseChange): Promise<LeaseWrite> => {
  const expression = expressionOf(change);
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({
        TableName: table.tableName,
        Key: key,
        ConditionExpression: expression.condition,
        UpdateExpression: expression.update,
        ExpressionAttributeNames: namesIn(expression),
        ExpressionAttributeValues: expression.values,
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { done: true, item: itemOf(Attributes ?? {}) };
  } catch (error) {
    const { name, Item } = error as { name?: string; Item?: Record<string, unknown> };
    if (name !== 'ConditionalCheckFailedException') throw storeFailure(change.kind, key, error);
    return { done: false, current: Item && itemOf(plain(Item)) };
  }
};

const read = async (table: DynamoDbTable, key: LeaseKey): Promise<LeaseItem | undefined> => {
  try {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: key, ConsistentRead: true }),
    );
    return Item && itemOf(Item);
  } catch (error) {
    throw storeFailure('read', key, error);
  }
};

/** Leases in a DynamoDB table whose keys are named `pk` and, if there is one, `sk`. */
export const leaseTable = (table: DynamoDbTable): LeaseTable => ({
  read: (key) => read(table, key),
  write: (key, change) => write(table, key, change),
});
