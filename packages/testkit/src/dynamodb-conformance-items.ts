import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** Items, keys, types and capacity. */
export const itemFacts = (table: ConformanceTable): void => {
  it('keeps every type', async () => {
    const item = {
      pk: 'types',
      sk: 'a',
      text: 'zażółć 🪨',
      empty: '',
      number: -12.5,
      yes: true,
      no: false,
      nothing: null,
      bytes: new Uint8Array([0, 255, 7]),
      list: [1, ['x'], { deep: true }],
      map: { a: { b: [] } },
      strings: new Set(['a', 'b']),
      numbers: new Set([1, 2]),
    };
    await table.put(item);
    expect(await table.get('types')).toEqual(item);
  });

  it('normalises numbers', async () => {
    await table.client.send(
      new PutItemCommand({
        TableName: table.name,
        Item: { pk: { S: 'n' }, sk: { S: 'a' }, n: { N: '001.500' }, e: { N: '1e3' } },
      }),
    );
    expect(await table.get('n')).toMatchObject({ n: 1.5, e: 1000 });
  });

  it('answers without Item when there is none', async () => {
    expect(await table.get('absent')).toBeUndefined();
  });

  it('returns the old item on ReturnValues ALL_OLD', async () => {
    await table.put({ pk: 'old', sk: 'a', v: 1 });
    const replaced = await table.documents.send(
      new PutCommand({ TableName: table.name, Item: { pk: 'old', sk: 'a', v: 2 }, ReturnValues: 'ALL_OLD' }),
    );
    const deleted = await table.documents.send(
      new DeleteCommand({ TableName: table.name, Key: { pk: 'old', sk: 'a' }, ReturnValues: 'ALL_OLD' }),
    );
    expect([replaced.Attributes?.v, deleted.Attributes?.v]).toEqual([1, 2]);
  });

  it('refuses what does not fit the key', async () => {
    await expect(table.put({ pk: 'x' })).rejects.toEqual(
      failsAs('ValidationException', 'Missing the key sk in the item'),
    );
    await expect(table.put({ pk: 1, sk: 'a' })).rejects.toEqual(
      failsAs('ValidationException', 'Type mismatch for key pk expected: S actual: N'),
    );
    await expect(table.put({ pk: '', sk: 'a' })).rejects.toEqual(
      failsAs('ValidationException', 'empty string value'),
    );
    await expect(
      table.documents.send(new GetCommand({ TableName: table.name, Key: { pk: 'x' } })),
    ).rejects.toEqual(failsAs('ValidationException', 'The provided key element does not match the schema'));
  });

  it('refuses an item over 400 KB', async () => {
    await expect(table.put({ pk: 'big', sk: 'a', blob: 'x'.repeat(409_600) })).rejects.toEqual(
      failsAs('ValidationException', 'Item size has exceeded the maximum allowed size'),
    );
  });

  it('counts the size in bytes of UTF-8', async () => {
    const tooLong = table.put({ pk: 'big', sk: 'a', blob: 'ż'.repeat(205_000) });
    await expect(tooLong).rejects.toEqual(
      failsAs('ValidationException', 'Item size has exceeded the maximum allowed size'),
    );
    await table.put({ pk: 'big', sk: 'a', blob: 'ż'.repeat(204_000) });
  });

  it('refuses an empty key of the index, put or set', async () => {
    const refused = failsAs('ValidationException', 'IndexName: by-kind, IndexKey: kind');
    await expect(table.put({ pk: 'empty', sk: 'a', kind: '' })).rejects.toEqual(refused);
    const set = { UpdateExpression: 'SET kind = :none', ExpressionAttributeValues: { ':none': '' } };
    await expect(table.update('empty', set)).rejects.toEqual(refused);
  });

  it('reports consumed capacity when asked', async () => {
    await table.put({ pk: 'cap', sk: 'a', blob: 'x'.repeat(5000) });
    const read = (ConsistentRead: boolean) =>
      table.documents.send(
        new GetCommand({
          TableName: table.name,
          Key: { pk: 'cap', sk: 'a' },
          ConsistentRead,
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
    expect((await read(true)).ConsumedCapacity).toMatchObject({ TableName: table.name, CapacityUnits: 2 });
    expect((await read(false)).ConsumedCapacity).toMatchObject({ CapacityUnits: 1 });
    expect((await table.query('cap')).ConsumedCapacity).toBeUndefined();
  });
};
