import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { leaseTable } from '../src/index.ts';
import type { LeaseChange } from '../src/index.ts';

interface SentCommand {
  input: Record<string, unknown>;
}

const KEY = { pk: 'lease', sk: 'docs' };

const tableAnswering = (answer: (input: Record<string, unknown>) => unknown) => {
  const sent: Record<string, unknown>[] = [];
  const client = {
    send: async ({ input }: SentCommand) => {
      sent.push(input);
      return answer(input);
    },
  } as unknown as DynamoDBDocumentClient;
  return { sent, table: leaseTable({ client, tableName: 'locks' }) };
};

const grant = { owner: 'me', rvn: 'r2', leaseMs: 60_000, nowMs: 1_000, pointerFence: 4, runId: 'run' };
const mine = { owner: 'me', rvn: 'r1', nextRvn: 'r2' };

const CONDITIONS: [LeaseChange, string][] = [
  [{ kind: 'acquire', grant }, 'attribute_not_exists(pk) OR #state = :free'],
  [
    { kind: 'steal', grant, seen: { rvn: 'r0', fence: 3 }, expiredBeforeMs: 900 },
    '#state = :held AND rvn = :seenRvn AND fence = :seenFence AND expiresAtMs < :expiredBeforeMs',
  ],
  [
    { kind: 'renew', ...mine, nowMs: 1_000, leaseMs: 60_000 },
    '#state = :held AND #owner = :owner AND rvn = :rvn',
  ],
  [{ kind: 'raise-fence', ...mine, fence: 9 }, '#state = :held AND #owner = :owner AND rvn = :rvn'],
  [{ kind: 'release', ...mine }, '#owner = :owner AND rvn = :rvn'],
  [{ kind: 'force-unlock', rvn: 'r1', nextRvn: 'r2' }, 'rvn = :rvn'],
];

const placeholdersIn = (input: Record<string, unknown>): string[] => [
  ...new Set(
    `${String(input['ConditionExpression'])} ${String(input['UpdateExpression'])}`.match(/[#:]\w+/g),
  ),
];

describe('lease table in DynamoDB', () => {
  it.each(CONDITIONS)('sends $kind as one conditional update', async (change, condition) => {
    const { sent, table } = tableAnswering(() => ({ Attributes: { ...KEY, state: 'HELD', fence: 5 } }));
    expect(await table.write(KEY, change)).toEqual({ done: true, item: { state: 'HELD', fence: 5 } });
    const [input = {}] = sent;
    expect(input).toMatchObject({
      TableName: 'locks',
      Key: KEY,
      ConditionExpression: condition,
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const declared = [
      ...Object.keys(input['ExpressionAttributeNames'] as object),
      ...Object.keys(input['ExpressionAttributeValues'] as object),
    ];
    expect(declared.sort()).toEqual(placeholdersIn(input).sort());
  });

  it('counts the fence up in the table and never deletes it', async () => {
    const { sent, table } = tableAnswering(() => ({ Attributes: {} }));
    for (const [change] of CONDITIONS) await table.write(KEY, change);
    const updates = sent.map((input) => String(input['UpdateExpression']));
    expect(updates[0]).toContain('fence = if_not_exists(fence, :pointerFence) + :one');
    expect(updates[1]).toContain('fence = if_not_exists(fence, :pointerFence) + :one');
    expect(updates.some((update) => /REMOVE.*fence|DELETE/.test(update))).toBe(false);
  });

  it('answers a failed condition with the item that was in the way', async () => {
    const { table } = tableAnswering(() => {
      throw Object.assign(new Error('The conditional request failed'), {
        name: 'ConditionalCheckFailedException',
        Item: { pk: { S: 'lease' }, state: { S: 'HELD' }, rvn: { S: 'x' }, fence: { N: '7' } },
      });
    });
    expect(await table.write(KEY, { kind: 'acquire', grant })).toEqual({
      done: false,
      current: { state: 'HELD', rvn: 'x', fence: 7 },
    });
  });

  it('reads consistently', async () => {
    const { sent, table } = tableAnswering(() => ({}));
    expect(await table.read(KEY)).toBeUndefined();
    expect(sent[0]).toMatchObject({ ConsistentRead: true, Key: KEY });
  });

  it('calls every other failure unavailable', async () => {
    const { table } = tableAnswering(() => {
      throw new Error('socket hang up');
    });
    const unavailable = { code: 'STORE_UNAVAILABLE', kind: 'unavailable' };
    await expect(table.write(KEY, { kind: 'acquire', grant })).rejects.toMatchObject(unavailable);
    await expect(table.read(KEY)).rejects.toMatchObject(unavailable);
  });
});
