import { describe } from '@jest/globals';
import { batchFacts } from './dynamodb-conformance-batches.ts';
import { conditionFacts } from './dynamodb-conformance-conditions.ts';
import { itemFacts } from './dynamodb-conformance-items.ts';
import { queryFacts } from './dynamodb-conformance-queries.ts';
import { useConformanceTable, type DynamoDbConnection } from './dynamodb-conformance-table.ts';
import { tableFacts } from './dynamodb-conformance-tables.ts';
import { transactionFacts } from './dynamodb-conformance-transactions.ts';
import { updateFacts } from './dynamodb-conformance-updates.ts';

/**
 * The facts that any DynamoDB must show, through the plain SDK: runs against AWS as well as against an emulator. It
 * makes one table on demand and deletes it afterwards.
 */
export const dynamoDbConformance = (name: string, connect: () => Promise<DynamoDbConnection>): void => {
  describe(`DynamoDB: ${name}`, () => {
    const table = useConformanceTable(connect);
    tableFacts(table);
    itemFacts(table);
    conditionFacts(table);
    updateFacts(table);
    queryFacts(table);
    batchFacts(table);
    transactionFacts(table);
  });
};
