import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** Conditional writes. */
export const conditionFacts = (table: ConformanceTable): void => {
  it('puts only when the condition holds', async () => {
    const once = {
      TableName: table.name,
      Item: { pk: 'once', sk: 'a', v: 1 },
      ConditionExpression: 'attribute_not_exists(pk)',
    };
    await table.documents.send(new PutCommand(once));
    await expect(table.documents.send(new PutCommand(once))).rejects.toEqual(
      failsAs('ConditionalCheckFailedException', 'The conditional request failed'),
    );
  });

  it.each([
    ['put', (old: object) => new PutCommand({ TableName: table.name, Item: { pk: 'ccf', sk: 'a' }, ...old })],
    [
      'update',
      (old: object) =>
        new UpdateCommand({
          TableName: table.name,
          Key: { pk: 'ccf', sk: 'a' },
          UpdateExpression: 'SET v = :v',
          ...old,
        }),
    ],
    [
      'delete',
      (old: object) => new DeleteCommand({ TableName: table.name, Key: { pk: 'ccf', sk: 'a' }, ...old }),
    ],
  ] as const)(
    'returns the item in the way when a conditional %s fails and ALL_OLD is asked for',
    async (_verb, make) => {
      await table.put({ pk: 'ccf', sk: 'a', v: 1 });
      const condition = { ConditionExpression: 'v = :v', ExpressionAttributeValues: { ':v': 2 } };
      const failure = table.documents.send(
        make({ ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }) as PutCommand,
      );
      await expect(failure).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
        Item: { v: { N: '1' } },
      });
      await expect(table.documents.send(make(condition) as PutCommand)).rejects.not.toHaveProperty('Item.v');
    },
  );

  it.each([
    ['contains(word, :s)', { ':s': 'ell' }, true],
    ['contains(tags, :s)', { ':s': 'x' }, true],
    ['contains(things, :m)', { ':m': { a: 1 } }, true],
    ['NOT contains(tags, :s)', { ':s': 'x' }, false],
    ['begins_with(word, :s)', { ':s': 'he' }, true],
    ['begins_with(octets, :r)', { ':r': new Uint8Array([255]) }, true],
    ['contains(octets, :r)', { ':r': new Uint8Array([253]) }, false],
    ['size(things) = :n', { ':n': 2 }, true],
    ['m = :m', { ':m': { b: [1], a: 1 } }, true],
    ['tags = :t', { ':t': new Set(['y', 'x']) }, true],
    ['absent <> :n', { ':n': 1 }, true],
    ['absent1 = absent2', undefined, false],
    ['absent < :n', { ':n': 1 }, false],
    ['n BETWEEN :a AND :b', { ':a': 9, ':b': 10 }, true],
    ['n IN (:a, :b)', { ':a': 1, ':b': 10 }, true],
    ['n > :text', { ':text': '1' }, false],
    ['attribute_type(m, :type)', { ':type': 'M' }, true],
    ['m.b[0] = :n AND (n = :x OR attribute_exists(m.a))', { ':n': 1, ':x': 0 }, true],
  ])('evaluates the condition %s', async (ConditionExpression, values, holds) => {
    await table.put({
      pk: 'cond',
      sk: 'a',
      word: 'hello',
      octets: new Uint8Array([255, 254]),
      n: 10,
      tags: new Set(['x', 'y']),
      things: [{ a: 1 }, 's'],
      m: { a: 1, b: [1] },
    });
    const check = table.documents.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: 'cond', sk: 'a' },
        ConditionExpression,
        ...(values ? { ExpressionAttributeValues: values } : {}),
      }),
    );
    await (holds ? check : expect(check).rejects.toEqual(failsAs('ConditionalCheckFailedException')));
  });
};
