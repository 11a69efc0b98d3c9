import {
  TransactGetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, type ConformanceTable } from './dynamodb-conformance-table.ts';

type TransactItems = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** TransactWriteItems and TransactGetItems. */
export const transactionFacts = (table: ConformanceTable): void => {
  const at = (pk: string) => ({ TableName: table.name, Key: { pk, sk: 'a' } });
  const putOf = (pk: string, v: number) => ({ Put: { TableName: table.name, Item: { pk, sk: 'a', v } } });
  const transact = (TransactItems: TransactItems, ClientRequestToken?: string) =>
    table.documents.send(
      new TransactWriteCommand({ TransactItems, ...(ClientRequestToken ? { ClientRequestToken } : {}) }),
    );

  it('puts, updates, deletes and checks in one transaction', async () => {
    await table.putAll('t1-update', ['a'], () => ({ v: 1 }));
    await table.putAll('t1-delete', ['a']);
    await transact([
      putOf('t1-put', 1),
      {
        Update: {
          ...at('t1-update'),
          UpdateExpression: 'SET v = v + :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
      { Delete: at('t1-delete') },
      { ConditionCheck: { ...at('t1-free'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ]);
    const seen = await Promise.all(['put', 'update', 'delete', 'free'].map((end) => table.get(`t1-${end}`)));
    expect(seen.map((item) => item?.v)).toEqual([1, 2, undefined, undefined]);
  });

  it('cancels all of it with a reason for each item, and the item in the way when asked', async () => {
    await table.put({ pk: 't2-taken', sk: 'a', v: 7 });
    const once = { ConditionExpression: 'attribute_not_exists(pk)' };
    const failure = transact([
      putOf('t2-first', 1),
      { Put: { ...putOf('t2-taken', 1).Put, ...once, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
      { ConditionCheck: { ...at('t2-none'), ConditionExpression: 'attribute_exists(pk)' } },
    ]);
    await expect(failure).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { pk: { S: 't2-taken' }, v: { N: '7' } },
        },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      ],
    });
    expect(await table.get('t2-first')).toBeUndefined();
  });

  it('cancels with ValidationError when an update cannot be applied', async () => {
    await table.put({ pk: 't3', sk: 'a', v: 'text' });
    const add = { UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': 1 } };
    const failure = transact([putOf('t3-other', 1), { Update: { ...at('t3'), ...add } }]);
    await expect(failure).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }],
    });
    expect(await table.get('t3-other')).toBeUndefined();
  });

  it('carries out a request once per token, and refuses another request under the same token', async () => {
    const token = crypto.randomUUID();
    const add = (n: number): TransactItems => [
      { Update: { ...at('t4'), UpdateExpression: 'ADD v :n', ExpressionAttributeValues: { ':n': n } } },
    ];
    await transact(add(1), token);
    await transact(add(1), token);
    expect(await table.get('t4')).toMatchObject({ v: 1 });
    await expect(transact(add(2), token)).rejects.toEqual(failsAs('IdempotentParameterMismatchException'));
  });

  it('refuses two operations on one item, no operation, and more than 100', async () => {
    await expect(transact([putOf('t5', 1), { Delete: at('t5') }])).rejects.toEqual(
      failsAs('ValidationException', 'Transaction request cannot include multiple operations on one item'),
    );
    await expect(transact([])).rejects.toEqual(failsAs('ValidationException', 'greater than or equal to 1'));
    const many = Array.from({ length: 101 }, (_, n) => putOf(`t5-${n}`, n));
    await expect(transact(many)).rejects.toEqual(failsAs('ValidationException', 'less than or equal to 100'));
  });

  it('loses no update of concurrent transactions', async () => {
    const add: TransactItems = ['t6-a', 't6-b'].map((pk) => ({
      Update: { ...at(pk), UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': 1 } },
    }));
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => transact(add)));
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect([(await table.get('t6-a'))?.v, (await table.get('t6-b'))?.v]).toEqual([done, done]);
  });

  it('keeps the global index in step', async () => {
    await transact([
      { Put: { TableName: table.name, Item: { pk: 't7', sk: 'a', kind: 't7', rank: 1 } } },
      { Put: { TableName: table.name, Item: { pk: 't7', sk: 'b', kind: 't7', rank: 2 } } },
    ]);
    const { Items } = await table.query('t7');
    expect(Items).toHaveLength(2);
  });

  it('gets items in order, an empty answer for each that is absent', async () => {
    await table.put({ pk: 't8', sk: 'a', v: 1 });
    const { Responses } = await table.documents.send(
      new TransactGetCommand({ TransactItems: [{ Get: at('t8-none') }, { Get: at('t8') }] }),
    );
    expect(Responses).toEqual([{}, { Item: { pk: 't8', sk: 'a', v: 1 } }]);
  });
};
