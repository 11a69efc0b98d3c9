import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readFile, writeFile } from 'node:fs/promises';
import { LOCAL_CREDENTIALS, type ServiceEndpoints } from '../lambda/environment-variables.ts';
import {
  provisionArchive,
  provisionBus,
  provisionRule,
  readRule,
  readSchedule,
  removeRule,
  type RuleName,
} from './provision-events.ts';
import { provisionQueues } from './provision-queues.ts';
import { provisionBucket, provisionBucketPolicy, provisionTable } from './provision-storage.ts';
import { ofType, type Resources } from './read-functions.ts';

export interface ProvisionTarget {
  endpoints: ServiceEndpoints;
  region: string;
  /** Remembers which rules are ours, so that a later start can remove those that left the templates. */
  rulesFile: string;
}

interface Clients {
  s3: S3Client;
  sqs: SQSClient;
  dynamodb: DynamoDBClient;
  events: EventBridgeClient;
}

const openClients = ({ endpoints, region }: ProvisionTarget): Clients => {
  const shared = { region, credentials: LOCAL_CREDENTIALS };
  return {
    s3: new S3Client({ ...shared, endpoint: endpoints.s3, forcePathStyle: true }),
    sqs: new SQSClient({ ...shared, endpoint: endpoints.sqs }),
    dynamodb: new DynamoDBClient({ ...shared, endpoint: endpoints.dynamodb }),
    events: new EventBridgeClient({ ...shared, endpoint: endpoints.eventbridge }),
  };
};

/** sls makes one for its zip files; nothing is uploaded here. */
const isDeploymentBucket = (logicalId: string): boolean => logicalId.startsWith('ServerlessDeploymentBucket');

const readRuleNames = async (file: string): Promise<RuleName[]> =>
  JSON.parse(await readFile(file, 'utf8').catch(() => '[]')) as RuleName[];

const provisionRules = async (
  events: EventBridgeClient,
  resources: Resources,
  rulesFile: string,
): Promise<void> => {
  const rules = [
    ...ofType(resources, 'AWS::Events::Rule').map(readRule),
    ...ofType(resources, 'AWS::Scheduler::Schedule').map(readSchedule),
  ];
  const before = await readRuleNames(rulesFile);
  // written first: a rule that is made must be known when we die in between
  const names = rules.map(({ bus, name }) => ({ bus, name }));
  await writeFile(rulesFile, JSON.stringify([...before, ...names]));
  for (const rule of rules) await provisionRule(events, rule);
  const isGone = (old: RuleName) => !names.some(({ bus, name }) => bus === old.bus && name === old.name);
  for (const old of before.filter(isGone)) await removeRule(events, old);
  await writeFile(rulesFile, JSON.stringify(names));
};

const provisionAll = async (clients: Clients, resources: Resources, rulesFile: string): Promise<void> => {
  const wanted = resources.filter(({ logicalId }) => !isDeploymentBucket(logicalId));
  const each = async (type: string, provisionOne: (resource: Resources[number]) => Promise<void>) => {
    for (const resource of ofType(wanted, type)) await provisionOne(resource);
  };
  await each('AWS::S3::Bucket', (bucket) => provisionBucket(clients.s3, bucket));
  await each('AWS::S3::BucketPolicy', (policy) => provisionBucketPolicy(clients.s3, policy));
  await Promise.all(
    ofType(wanted, 'AWS::DynamoDB::Table').map((table) => provisionTable(clients.dynamodb, table)),
  );
  await provisionQueues(clients.sqs, ofType(wanted, 'AWS::SQS::Queue'));
  await each('AWS::Events::EventBus', (bus) => provisionBus(clients.events, bus));
  await each('AWS::Events::Archive', (archive) => provisionArchive(clients.events, archive));
  await provisionRules(clients.events, wanted, rulesFile);
};

/**
 * Brings buckets, tables, queues, buses and rules to what the templates say, through the SDK. Doing it again changes
 * nothing; what left the templates stays, apart from rules.
 */
export const provision = async (resources: Resources, target: ProvisionTarget): Promise<void> => {
  const clients = openClients(target);
  try {
    await provisionAll(clients, resources, target.rulesFile);
  } finally {
    for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
  }
};
