import type { PointerV1 } from '@alluvium/contracts';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { PartFailure } from '../domain/job.ts';
import type { Bucket, Counters } from '../domain/progress.ts';
import { bucketOf, type Stage } from '../domain/stages.ts';
import type { ProgressStore, RunRef, StageChange } from '../ports.ts';
import { expiryOf, ifAllowed, queryAll, type Item, type Table } from './table.ts';

const padded = (number: number): string => String(number).padStart(10, '0');
const pkOf = ({ runId }: RunRef): string => `job#${runId}`;
const prefixOf = ({ attempt }: RunRef, kind: 'stage' | 'failure' | 'rejects'): string =>
  `attempt#${attempt}#${kind}#`;

const bucketKey = (run: RunRef, stage: Stage, index: number) => ({
  pk: pkOf(run),
  sk: `${prefixOf(run, 'stage')}${stage}#${padded(index)}`,
});

const bucketOfItem = ({ stage, index, done, failed, updatedAt, ...item }: Item): Bucket => {
  const names: (keyof Counters)[] = ['documents', 'unchanged', 'rejected', 'chunks', 'deltas'];
  const counters = Object.fromEntries(names.map((name) => [name, (item[name] as number | undefined) ?? 0]));
  return {
    stage: stage as Stage,
    index: index as number,
    done: (done as Set<number> | undefined) ?? new Set(),
    failed: (failed as Set<number> | undefined) ?? new Set(),
    counters,
    updatedAt: updatedAt as string,
  };
};

interface BucketUpdate {
  stage: Stage;
  list: 'done' | 'failed';
  parts: StageChange['parts'];
  counters?: Partial<Counters>;
}

const updateOf = (table: Table, run: RunRef, { stage, list, parts, counters = {} }: BucketUpdate) => {
  const index = bucketOf(parts[0]);
  const sums = Object.entries(counters);
  return new UpdateCommand({
    TableName: table.tableName,
    Key: bucketKey(run, stage, index),
    UpdateExpression:
      'SET #stage = :stage, #index = :index, updatedAt = :now, ttlEpochSeconds = :expiry ' +
      `ADD #list :parts${sums.map(([name]) => `, ${name} :${name}`).join('')}`,
    // Counters are added with their part or not at all: a second delivery finds the part there.
    ...(sums.length === 0 ? {} : { ConditionExpression: 'NOT contains(#list, :part)' }),
    ExpressionAttributeNames: { '#stage': 'stage', '#index': 'index', '#list': list },
    ExpressionAttributeValues: {
      ':stage': stage,
      ':index': index,
      ':now': new Date(table.nowMs()).toISOString(),
      ':expiry': expiryOf(table),
      ':parts': new Set(parts),
      ...(sums.length === 0 ? {} : { ':part': parts[0] }),
      ...Object.fromEntries(sums.map(([name, value]) => [`:${name}`, value])),
    },
    ReturnValues: 'ALL_NEW',
  });
};

const change = async (table: Table, run: RunRef, update: BucketUpdate): Promise<Bucket> => {
  const { client, tableName: TableName } = table;
  let item: Item | undefined;
  const isNew = await ifAllowed(async () => {
    item = (await client.send(updateOf(table, run, update))).Attributes;
  });
  if (!isNew) {
    const Key = bucketKey(run, update.stage, bucketOf(update.parts[0]));
    item = (await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  }
  return bucketOfItem(item ?? {});
};

const itemsOf = (table: Table, run: RunRef, kind: Parameters<typeof prefixOf>[1]): Promise<Item[]> =>
  queryAll(table, {
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pkOf(run), ':prefix': prefixOf(run, kind) },
  });

const put = async (table: Table, run: RunRef, { sk, ...item }: Item & { sk: string }): Promise<void> => {
  const Item = { pk: pkOf(run), sk, ttlEpochSeconds: expiryOf(table), ...item };
  await table.client.send(new PutCommand({ TableName: table.tableName, Item }));
};

/** Buckets, failures and pointers to rejects, beside the job: `attempt#<n>#stage|failure|rejects#…`. */
export const dynamoDbProgress = (table: Table): ProgressStore => ({
  close: (run, closed) => change(table, run, { ...closed, list: 'done' }),
  fail: (run, stage, part) => change(table, run, { stage, list: 'failed', parts: [part] }),
  buckets: async (run) => (await itemsOf(table, run, 'stage')).map(bucketOfItem),
  addFailure: (run, failure) => {
    const sk = `${prefixOf(run, 'failure')}${padded(failure.part)}#${failure.stage}`;
    return put(table, run, { sk, failure });
  },
  failures: async (run) =>
    (await itemsOf(table, run, 'failure')).map(({ failure }) => failure as PartFailure),
  addRejects: (run, part, rejects) =>
    put(table, run, { sk: `${prefixOf(run, 'rejects')}${padded(part)}`, rejects }),
  rejects: async (run) => (await itemsOf(table, run, 'rejects')).map(({ rejects }) => rejects as PointerV1),
});
