import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DescribeArchiveCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { GetBucketVersioningCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startServers, type Servers } from '../src/servers.ts';
import { provision } from '../src/stacks/provision.ts';
import { resolveStacks } from '../src/stacks/resolve-stacks.ts';
import type { JsonObject, StackSource } from '../src/stacks/template.ts';
import { fixtureStacks } from './stack-fixture.ts';

const shared = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const TableName = 'test-work-dev-table';

describe('provisioning', () => {
  let servers: Servers;
  let directory: string;

  const provisionStacks = (stacks: StackSource[]) => {
    const { endpoints } = servers;
    const installation = {
      region: 'eu-west-1',
      accountId: '000000000000',
      endpoints: { sqs: endpoints.sqs, api: 'http://127.0.0.1:1' },
    };
    const { resources } = resolveStacks(stacks, installation);
    const rulesFile = path.join(directory, 'rules.json');
    return provision(resources, { endpoints, region: 'eu-west-1', rulesFile });
  };

  /** The fixture with other properties of one resource of its second stack. */
  const changed = (logicalId: string, changes: JsonObject): StackSource[] => {
    const stacks = fixtureStacks();
    const resource = stacks[1]!.template.Resources[logicalId]!;
    resource.Properties = { ...resource.Properties, ...changes };
    return stacks;
  };

  const describeTable = async () => {
    const dynamodb = new DynamoDBClient({ ...shared, endpoint: servers.endpoints.dynamodb });
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    dynamodb.destroy();
    return {
      indexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort(),
      ttl: TimeToLiveDescription?.AttributeName,
    };
  };

  const queueAttributes = async (name: string) => {
    const sqs = new SQSClient({ ...shared, endpoint: servers.endpoints.sqs });
    const QueueUrl = `${servers.endpoints.sqs}/000000000000/${name}`;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    sqs.destroy();
    return Attributes;
  };

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'alluvium-provision-'));
    servers = await startServers();
    await provisionStacks(fixtureStacks());
  });

  afterEach(async () => {
    await servers.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('makes what the templates describe', async () => {
    const s3 = new S3Client({ ...shared, endpoint: servers.endpoints.s3, forcePathStyle: true });
    const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket: 'test-base-dev-data' }));
    const deployment = s3.send(
      new HeadBucketCommand({ Bucket: 'test-base-dev-serverless-deployment-bucket' }),
    );
    await expect(deployment).rejects.toMatchObject({ name: 'NotFound' });
    s3.destroy();
    expect(versioning.Status).toBe('Enabled');
    expect(await describeTable()).toEqual({ indexes: ['byKind'], ttl: 'ttlEpochSeconds' });
    expect(await queueAttributes('test-work-dev-work')).toMatchObject({
      VisibilityTimeout: '120',
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:000000000000:test-work-dev-dead-letters',
        maxReceiveCount: 3,
      }),
    });
    const events = new EventBridgeClient({ ...shared, endpoint: servers.endpoints.eventbridge });
    const archive = await events.send(new DescribeArchiveCommand({ ArchiveName: 'test-archive' }));
    events.destroy();
    expect(archive.EventSourceArn).toMatch(/event-bus\/test-bus$/);
  });

  it('adds a new index to a table that exists', async () => {
    const index = (IndexName: string, AttributeName: string) => ({
      IndexName,
      KeySchema: [{ AttributeName, KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    });
    await provisionStacks(
      changed('Table', { GlobalSecondaryIndexes: [index('byKind', 'kind'), index('bySort', 'sk')] }),
    );
    expect((await describeTable()).indexes).toEqual(['byKind', 'bySort']);
  });

  it('refuses to change the key of a table that exists', async () => {
    const KeySchema = [{ AttributeName: 'kind', KeyType: 'HASH' }];
    await expect(provisionStacks(changed('Table', { KeySchema }))).rejects.toThrow(
      'test-work-dev, Table, Properties.KeySchema: the table test-work-dev-table exists with the key pk HASH, sk RANGE',
    );
  });

  it('brings the attributes of a queue that exists up to date', async () => {
    await provisionStacks(changed('Work', { VisibilityTimeout: 30 }));
    expect(await queueAttributes('test-work-dev-work')).toMatchObject({ VisibilityTimeout: '30' });
  });

  it('replaces the targets of a rule', async () => {
    const Targets = [{ Id: 'other', Arn: 'arn:aws:sqs:eu-west-1:000000000000:test-work-dev-dead-letters' }];
    await provisionStacks(changed('WorkRule', { Targets }));
    const events = new EventBridgeClient({ ...shared, endpoint: servers.endpoints.eventbridge });
    const rule = { Rule: 'test-work-dev-work-rule', EventBusName: 'test-bus' };
    const listed = await events.send(new ListTargetsByRuleCommand(rule));
    events.destroy();
    expect(listed.Targets?.map(({ Id }) => Id)).toEqual(['other']);
  });

  it('makes a rule of the default bus of a schedule', async () => {
    const stacks = fixtureStacks();
    stacks[1]!.template.Resources.Nightly = {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(15 minutes)',
        Target: {
          Arn: { 'Fn::GetAtt': ['InboxFunction', 'Arn'] },
          RoleArn: 'arn:aws:iam::1:role/x',
          Input: '{}',
        },
      },
    };
    await provisionStacks(stacks);
    const events = new EventBridgeClient({ ...shared, endpoint: servers.endpoints.eventbridge });
    const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: 'test-work-dev-nightly' }));
    events.destroy();
    expect(Rules).toMatchObject([{ ScheduleExpression: 'rate(15 minutes)', State: 'ENABLED' }]);
  });
});
