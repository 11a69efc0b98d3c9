import {
  DeleteCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  paginateQuery,
} from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, sortKeys, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** Query, Scan and the global index. */
export const queryFacts = (table: ConformanceTable): void => {
  it.each([
    [' AND sk < :b', { ':b': 'b2' }, ['a', 'b1']],
    [' AND sk >= :b', { ':b': 'b2' }, ['b2', 'c']],
    [' AND sk BETWEEN :a AND :b', { ':a': 'b1', ':b': 'b2' }, ['b1', 'b2']],
    [' AND begins_with(sk, :b)', { ':b': 'b' }, ['b1', 'b2']],
    [' AND sk = :b', { ':b': 'b1' }, ['b1']],
  ])('queries by pk = :pk%s', async (KeyConditionExpression, values, expected) => {
    await table.putAll('range', ['c', 'b2', 'a', 'b1']);
    const { Items } = await table.query('range', {
      KeyConditionExpression,
      ExpressionAttributeValues: values,
      ConsistentRead: true,
    });
    expect(sortKeys(Items)).toEqual(expected);
  });

  it('pages forward and backward by LastEvaluatedKey, Limit counting before the filter', async () => {
    await table.putAll('pages', ['1', '2', '3', '4', '5'], (sk) => ({ odd: Number(sk) % 2 === 1 }));
    const first = await table.query('pages', {
      Limit: 2,
      FilterExpression: 'odd = :odd',
      ExpressionAttributeValues: { ':odd': true },
    });
    expect(first).toMatchObject({ Count: 1, ScannedCount: 2, LastEvaluatedKey: { pk: 'pages', sk: '2' } });
    const seen: unknown[] = [];
    const pages = paginateQuery(
      { client: table.documents, pageSize: 2 },
      {
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'pages' },
        ScanIndexForward: false,
      },
    );
    for await (const page of pages) seen.push(...(sortKeys(page.Items) ?? []));
    expect(seen).toEqual(['5', '4', '3', '2', '1']);
  });

  it('counts, projects and filters', async () => {
    await table.putAll('proj', ['1', '2'], (sk) => ({ v: Number(sk), m: { in: [sk, 'x'] } }));
    const filter = { FilterExpression: 'v > :one', ExpressionAttributeValues: { ':one': 1 } };
    const counted = await table.query('proj', { ...filter, Select: 'COUNT' });
    expect(counted).toMatchObject({ Count: 1, ScannedCount: 2 });
    expect(counted.Items).toBeUndefined();
    const projected = await table.query('proj', {
      ...filter,
      ProjectionExpression: 'sk, m.#in[0]',
      ExpressionAttributeNames: { '#in': 'in' },
    });
    expect(projected.Items).toEqual([{ sk: '2', m: { in: ['2'] } }]);
  });

  it('refuses a query without its hash key and a filter on the key', async () => {
    await expect(
      table.documents.send(
        new QueryCommand({
          TableName: table.name,
          KeyConditionExpression: 'sk = :s',
          ExpressionAttributeValues: { ':s': 'a' },
        }),
      ),
    ).rejects.toEqual(failsAs('ValidationException', 'Query condition missed key schema element: pk'));
    await expect(table.query('x', { FilterExpression: 'sk = :pk' })).rejects.toEqual(
      failsAs('ValidationException', 'Filter Expression can only contain non-primary key attributes'),
    );
  });

  it('follows every write in the global index, sorted by number', async () => {
    const byKind = () =>
      table.documents.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'by-kind',
          KeyConditionExpression: 'kind = :k',
          ExpressionAttributeValues: { ':k': 'k' },
        }),
      );
    for (const rank of [10, 9, -1]) await table.put({ pk: 'gsi', sk: String(rank), kind: 'k', rank });
    await table.put({ pk: 'gsi', sk: 'none', kind: 'k' });
    expect(sortKeys((await byKind()).Items)).toEqual(['-1', '9', '10']);
    await table.documents.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { pk: 'gsi', sk: '-1' },
        UpdateExpression: 'SET #r = :r',
        ExpressionAttributeNames: { '#r': 'rank' },
        ExpressionAttributeValues: { ':r': 100 },
      }),
    );
    await table.documents.send(new DeleteCommand({ TableName: table.name, Key: { pk: 'gsi', sk: '9' } }));
    expect(sortKeys((await byKind()).Items)).toEqual(['10', '-1']);
    await expect(
      table.documents.send(
        new QueryCommand({
          TableName: table.name,
          IndexName: 'by-kind',
          ConsistentRead: true,
          KeyConditionExpression: 'kind = :k',
          ExpressionAttributeValues: { ':k': 'k' },
        }),
      ),
    ).rejects.toEqual(
      failsAs('ValidationException', 'Consistent reads are not supported on global secondary indexes'),
    );
  });

  it('scans in parallel segments that together hold everything once', async () => {
    const all = await table.documents.send(new ScanCommand({ TableName: table.name, Select: 'COUNT' }));
    const parts = await Promise.all(
      [0, 1, 2].map((Segment) =>
        table.documents.send(new ScanCommand({ TableName: table.name, Segment, TotalSegments: 3 })),
      ),
    );
    expect(parts.reduce((sum, { Count = 0 }) => sum + Count, 0)).toBe(all.Count);
  });
};
