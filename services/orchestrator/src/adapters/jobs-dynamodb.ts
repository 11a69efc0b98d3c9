import type { OutgoingEvent } from '@alluvium/contracts';
import {
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Job } from '../domain/job.ts';
import type { JobPosition, JobStore, Outbox, StoredJob } from '../ports.ts';
import { expiryOf, ifAllowed, queryAll, type Item, type Table } from './table.ts';

const JOB_INDEX = 'JOB';
const OUTBOX_INDEX = 'OUTBOX';

const keyOf = (jobId: string) => ({ pk: `job#${jobId}`, sk: 'job' });
const orderOf = ({ createdAt, jobId }: JobPosition): string => `${createdAt}#${jobId}`;

const itemOf = (table: Table, job: Job, version: number): Item => ({
  ...keyOf(job.jobId),
  GSI1PK: JOB_INDEX,
  GSI1SK: orderOf(job),
  ttlEpochSeconds: expiryOf(table),
  version,
  job,
});

// An event that nobody could send must not expire: no ttlEpochSeconds.
const outboxItemOf = (event: OutgoingEvent): Item => ({
  ...outboxKeyOf(event),
  GSI1PK: OUTBOX_INDEX,
  GSI1SK: `${event.detail.metadata.occurredAt}#${event.detail.metadata.eventId}`,
  event: JSON.stringify(event),
});

const outboxKeyOf = ({ detail }: OutgoingEvent) => ({
  pk: `outbox#${detail.metadata.eventId}`,
  sk: 'outbox',
});

const find = async ({ client, tableName }: Table, jobId: string): Promise<StoredJob | undefined> => {
  const { Item: item } = await client.send(
    new GetCommand({ TableName: tableName, Key: keyOf(jobId), ConsistentRead: true }),
  );
  return item === undefined ? undefined : { job: item['job'] as Job, version: item['version'] as number };
};

const save = (
  table: Table,
  job: Job,
  version: number | undefined,
  event: OutgoingEvent | undefined,
): Promise<boolean> => {
  const { client, tableName: TableName } = table;
  const isFirst = version === undefined;
  const put = {
    TableName,
    Item: itemOf(table, job, (version ?? 0) + 1),
    ConditionExpression: isFirst ? 'attribute_not_exists(pk)' : '#version = :version',
    ...(isFirst
      ? {}
      : {
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': version },
        }),
  };
  if (event === undefined) return ifAllowed(() => client.send(new PutCommand(put)));
  const keep = { TableName, Item: outboxItemOf(event) };
  return ifAllowed(() =>
    client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }, { Put: keep }] })),
  );
};

/** Jobs in DynamoDB: `job#<runId>` with `job`; by time of creation in GSI1. */
export const dynamoDbJobs = (table: Table): JobStore => ({
  find: (jobId) => find(table, jobId),
  save: (job, version, event) => save(table, job, version, event),
  newest: async (limit, after) => {
    const start =
      after === undefined
        ? {}
        : { ExclusiveStartKey: { ...keyOf(after.jobId), GSI1PK: JOB_INDEX, GSI1SK: orderOf(after) } };
    const answer = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: 'GSI1',
        KeyConditionExpression: 'GSI1PK = :index',
        ExpressionAttributeValues: { ':index': JOB_INDEX },
        ScanIndexForward: false,
        Limit: limit,
        ...start,
      }),
    );
    const jobs = (answer.Items ?? []).map(({ job }) => job as Job);
    const last = jobs.at(-1);
    return { jobs, ...(answer.LastEvaluatedKey === undefined || last === undefined ? {} : { last }) };
  },
});

/** Events that were kept with a change of a job: `outbox#<eventId>`. */
export const dynamoDbOutbox = (table: Table): Outbox => ({
  keptBefore: async (time) => {
    const items = await queryAll(table, {
      IndexName: 'GSI1',
      KeyConditionExpression: 'GSI1PK = :index AND GSI1SK < :time',
      ExpressionAttributeValues: { ':index': OUTBOX_INDEX, ':time': time },
    });
    return items.map(({ event }) => JSON.parse(event as string) as OutgoingEvent);
  },
  remove: async (event) => {
    await table.client.send(new DeleteCommand({ TableName: table.tableName, Key: outboxKeyOf(event) }));
  },
});
