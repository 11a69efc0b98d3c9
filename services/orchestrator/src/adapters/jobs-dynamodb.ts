import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Job } from '../domain/job.ts';
import type { JobPosition, JobStore } from '../ports.ts';
import { expiryOf, queryAll, type Item, type Table } from './table.ts';
import { getItem, putVersioned } from './versioned-items.ts';

const JOB_INDEX = 'JOB';
const OPEN_INDEX = 'OPEN';

const keyOf = (jobId: string) => ({ pk: `job#${jobId}`, sk: 'job' });
const orderOf = ({ createdAt, jobId }: JobPosition): string => `${createdAt}#${jobId}`;

const fieldsOf = (table: Table, job: Job): Item => ({
  GSI1PK: JOB_INDEX,
  GSI1SK: orderOf(job),
  // Only what is open is in the second index.
  ...(job.outcome === undefined && { GSI2PK: OPEN_INDEX, GSI2SK: job.jobId }),
  ttlEpochSeconds: expiryOf(table),
  job,
});

/** Jobs in DynamoDB: `job#<jobId>` with `job`; by time of creation in GSI1. */
export const dynamoDbJobs = (table: Table): JobStore => ({
  find: async (jobId) => {
    const item = await getItem(table, keyOf(jobId));
    return item === undefined ? undefined : { job: item['job'] as Job, version: item['version'] as number };
  },
  save: (job, version, events = []) =>
    putVersioned(table, { key: keyOf(job.jobId), fields: fieldsOf(table, job), version, events }),
  open: async () => {
    const items = await queryAll(table, {
      IndexName: 'GSI2',
      KeyConditionExpression: 'GSI2PK = :index',
      ExpressionAttributeValues: { ':index': OPEN_INDEX },
    });
    return items.map(({ GSI2SK }) => GSI2SK as string);
  },
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
