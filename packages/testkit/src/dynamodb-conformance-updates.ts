import { expect, it } from '@jest/globals';
import { failsAs, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** Update expressions. */
export const updateFacts = (table: ConformanceTable): void => {
  it('updates by SET, REMOVE, ADD and DELETE', async () => {
    await table.put({ pk: 'upd', sk: 'a', n: 1, gone: 1, list: [1], tags: new Set([1, 2]), m: { a: 1 } });
    const { Attributes } = await table.update('upd', {
      UpdateExpression:
        'SET fresh = if_not_exists(fresh, :zero) + :one, #l = list_append(#l, :more), m.b = m.a REMOVE gone ADD n :one, added :set DELETE tags :set',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':more': [2], ':set': new Set([2, 3]) },
      ReturnValues: 'ALL_NEW',
    });
    expect(Attributes).toEqual({
      pk: 'upd',
      sk: 'a',
      n: 2,
      fresh: 1,
      list: [1, 2],
      tags: new Set([1]),
      added: new Set([2, 3]),
      m: { a: 1, b: 1 },
    });
  });

  it('creates the item that an update names, and removes a set with its last member', async () => {
    const values = { ExpressionAttributeValues: { ':set': new Set([7]) } };
    await table.update('upsert', { UpdateExpression: 'ADD seen :set', ...values });
    expect(await table.get('upsert')).toEqual({ pk: 'upsert', sk: 'a', seen: new Set([7]) });
    await table.update('upsert', { UpdateExpression: 'DELETE seen :set', ...values });
    expect(await table.get('upsert')).toEqual({ pk: 'upsert', sk: 'a' });
  });

  it('returns only what an update touched on UPDATED_OLD and UPDATED_NEW', async () => {
    await table.put({ pk: 'touch', sk: 'a', v: 1, other: 1 });
    const change = { UpdateExpression: 'SET v = v + :one', ExpressionAttributeValues: { ':one': 1 } };
    expect((await table.update('touch', { ...change, ReturnValues: 'UPDATED_OLD' })).Attributes).toEqual({
      v: 1,
    });
    expect((await table.update('touch', { ...change, ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual({
      v: 3,
    });
  });

  it.each([
    [
      'a reserved word',
      'SET #x = :v, status = :v',
      'Attribute name is a reserved keyword; reserved keyword: status',
    ],
    ['a syntax error', 'SET #x == :v', 'Invalid UpdateExpression: Syntax error; '],
    [
      'an undefined value',
      'SET #x = :w',
      'An expression attribute value used in expression is not defined; attribute value: :w',
    ],
    [
      'an unused name',
      'SET x = :v',
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}',
    ],
    [
      'a key attribute',
      'SET #x = :v, pk = :v',
      'Cannot update attribute pk. This attribute is part of the key',
    ],
    ['overlapping paths', 'SET #x = :v, #x.a = :v', 'Two document paths overlap with each other'],
    [
      'a missing operand',
      'SET #x = absent + :v',
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'a missing parent',
      'SET #x.y.z = :v',
      'The document path provided in the update expression is invalid for update',
    ],
  ])('refuses an update with %s', async (_what, UpdateExpression, message) => {
    const bad = table.update('bad', {
      UpdateExpression,
      ExpressionAttributeNames: { '#x': 'x' },
      ExpressionAttributeValues: { ':v': 1 },
    });
    await expect(bad).rejects.toEqual(failsAs('ValidationException', message));
  });
};
