import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Run, RunStore, StoredPart } from '../ports.ts';
import { getItems, ifAllowed, type Item, type ItemKey, type Table } from './dynamodb-batches.ts';

const runKey = (runId: string): ItemKey => ({ pk: `run#${runId}`, sk: 'run' });
// Padded, so that the order of the keys is the order of the parts.
const partSk = (part: number): string => `part#${String(part).padStart(10, '0')}`;

const runOf = ({ runId, collection, source, fence, startedAt, sealedAttempt }: Item): Run =>
  ({ runId, collection, source, fence, startedAt, sealedAttempt }) as Run;
const partOf = ({ part, records, raw, next }: Item): StoredPart =>
  ({ part, records, raw, next }) as StoredPart;

const findRun = async (table: Table, runId: string): Promise<Run | undefined> => {
  const [item] = await getItems(table, [runKey(runId)]);
  return item === undefined ? undefined : runOf(item);
};

const registerRun = async (table: Table, run: Run): Promise<Run> => {
  const put = new PutCommand({
    TableName: table.tableName,
    Item: { ...runKey(run.runId), ...run },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  const isFirst = await ifAllowed(() => table.client.send(put));
  return isFirst ? run : ((await findRun(table, run.runId)) ?? run);
};

const sealRun = async ({ client, tableName }: Table, runId: string, attempt: number): Promise<void> => {
  const update = new UpdateCommand({
    TableName: tableName,
    Key: runKey(runId),
    UpdateExpression: 'SET sealedAttempt = :attempt',
    // A run that was never registered was continued by hand; there is nothing to remember it by.
    ConditionExpression: 'attribute_exists(pk) AND sealedAttempt < :attempt',
    ExpressionAttributeValues: { ':attempt': attempt },
  });
  await ifAllowed(() => client.send(update));
};

const partsFrom = async (
  { client, tableName }: Table,
  runId: string,
  first: number,
): Promise<StoredPart[]> => {
  const parts: StoredPart[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':pk': `run#${runId}`,
          ':first': partSk(first),
          ':last': partSk(9_999_999_999),
        },
        ExclusiveStartKey: from,
      }),
    );
    parts.push(...(answer.Items ?? []).map(partOf));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return parts;
};

/** Runs and their parts in DynamoDB: `run#<runId>` with `run` and `part#<n>`. */
export const dynamoDbRuns = (table: Table): RunStore => ({
  find: (runId) => findRun(table, runId),
  register: (run) => registerRun(table, run),
  seal: (runId, attempt) => sealRun(table, runId, attempt),
  partsFrom: (runId, first) => partsFrom(table, runId, first),
  addPart: async (runId, part) => {
    const item = { pk: `run#${runId}`, sk: partSk(part.part), ...part };
    await table.client.send(new PutCommand({ TableName: table.tableName, Item: item }));
  },
});
