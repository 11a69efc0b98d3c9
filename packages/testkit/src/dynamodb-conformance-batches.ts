import { BatchGetCommand, BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** BatchWriteItem and BatchGetItem. */
export const batchFacts = (table: ConformanceTable): void => {
  it('writes and reads in batches', async () => {
    const keys = Array.from({ length: 25 }, (_, sk) => ({ pk: 'batch', sk: String(sk) }));
    const written = await table.documents.send(
      new BatchWriteCommand({
        RequestItems: { [table.name]: keys.map((Item) => ({ PutRequest: { Item } })) },
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    expect(written).toMatchObject({
      UnprocessedItems: {},
      ConsumedCapacity: [{ TableName: table.name, CapacityUnits: 25 }],
    });
    const read = await table.documents.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [...keys, { pk: 'batch', sk: 'no' }] } } }),
    );
    expect(read.Responses?.[table.name]).toHaveLength(25);
    expect(read.UnprocessedKeys).toEqual({});
  });

  it('refuses a batch that is too long or names an item twice', async () => {
    const batch = (count: number, sk: (n: number) => string) =>
      table.documents.send(
        new BatchWriteCommand({
          RequestItems: {
            [table.name]: Array.from({ length: count }, (_, n) => ({
              PutRequest: { Item: { pk: 'b', sk: sk(n) } },
            })),
          },
        }),
      );
    await expect(batch(26, String)).rejects.toEqual(
      failsAs('ValidationException', 'less than or equal to 25'),
    );
    await expect(batch(2, () => 'same')).rejects.toEqual(
      failsAs('ValidationException', 'Provided list of item keys contains duplicates'),
    );
  });
};
