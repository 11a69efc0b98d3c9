import type { OperationV1 } from '@alluvium/contracts';
import type { OperationStore } from '../ports.ts';
import { expiryOf, type Table } from './table.ts';
import { getItem, putVersioned } from './versioned-items.ts';

const keyOf = (operationId: string) => ({ pk: `operation#${operationId}`, sk: 'operation' });

/** Operations in DynamoDB: `operation#<operationId>` with `operation`. */
export const dynamoDbOperations = (table: Table): OperationStore => ({
  find: async (operationId) => {
    const item = await getItem(table, keyOf(operationId));
    if (item === undefined) return undefined;
    return { operation: item['operation'] as OperationV1, version: item['version'] as number };
  },
  save: (operation, version, events = []) =>
    putVersioned(table, {
      ...{ key: keyOf(operation.operationId), version, events },
      fields: { ttlEpochSeconds: expiryOf(table), operation },
    }),
});
