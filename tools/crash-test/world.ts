import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentClient, liveObjects, s3Client, type Objects } from '@alluvium/lambda-kit';
import {
  leases,
  leaseTable,
  s3ObjectStore,
  systemClock,
  type Leases,
  type ObjectStore,
} from '@alluvium/vector-store';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Started } from './stack.ts';
import { HEARD, REGION } from './stacks.ts';

/** The stack as somebody outside sees it. Calls fail while it is down. */
export interface World {
  store: ObjectStore;
  objects: Objects;
  leases: Leases;
  tableName: string;
  deadLettersUrl: string;
  heardUrl: string;
}

const PATIENCE_MS = 120_000;
const PAUSE_MS = 300;

/** Tries again as long as the stack is away. Error: the last one, after two minutes. */
export const untilDone = async <T>(work: () => Promise<T>): Promise<T> => {
  const untilMs = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await sleep(PAUSE_MS);
    }
  }
};

const useStack = ({ ports, bucket, eventBus }: Started): void => {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: at(ports.s3),
    AWS_ENDPOINT_URL_SQS: at(ports.sqs),
    AWS_ENDPOINT_URL_DYNAMODB: at(ports.dynamodb),
    AWS_ENDPOINT_URL_EVENTBRIDGE: at(ports.eventbridge),
    DATA_BUCKET: bucket,
    EVENT_BUS_NAME: eventBus,
  });
};

const urlOf = ({ queues }: Started, part: string): string => {
  const found = Object.entries(queues).find(([name]) => name.includes(part));
  if (found === undefined)
    throw new Error(`There is no queue ${part} among ${Object.keys(queues).join(', ')}.`);
  return found[1];
};

const findTable = async (): Promise<string> => {
  const { TableNames = [] } = await documentClient().send(new ListTablesCommand({}));
  const name = TableNames.find((candidate) => candidate.startsWith('alluvium-compactor'));
  if (name === undefined) throw new Error(`The compactor has no table among ${TableNames.join(', ')}.`);
  return name;
};

/** Points this process at a stack that is up; its addresses stay when it is started again. */
export const openWorld = async (started: Started): Promise<World> => {
  useStack(started);
  const tableName = await findTable();
  const table = leaseTable({ client: documentClient(), tableName });
  return {
    store: s3ObjectStore({ client: s3Client(), bucket: started.bucket }),
    objects: liveObjects(),
    leases: leases({ table, clock: systemClock, newId: randomUUID }),
    tableName,
    deadLettersUrl: urlOf(started, 'dead-letters'),
    heardUrl: urlOf(started, HEARD),
  };
};

/** An item of the compactor's table. */
export type TableItem = Record<string, unknown> & { pk: string; sk: string };

/** All items of the compactor's table. */
export const readTable = async ({ tableName }: World): Promise<TableItem[]> => {
  const items: TableItem[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const request = { TableName: tableName, ConsistentRead: true, ExclusiveStartKey: from };
    const answer = await documentClient().send(new ScanCommand(request));
    items.push(...((answer.Items ?? []) as TableItem[]));
    from = answer.LastEvaluatedKey;
  } while (from !== undefined);
  return items;
};

/** Key of an index's lease. */
export const leaseKeyOf = (indexPath: string) => ({ pk: `lease#${indexPath}`, sk: 'lease' });
