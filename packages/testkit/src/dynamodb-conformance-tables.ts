import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  paginateListTables,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from '@jest/globals';
import { failsAs, WAIT, type ConformanceTable } from './dynamodb-conformance-table.ts';

/** Tables: description, settings, updates. */
export const tableFacts = (table: ConformanceTable): void => {
  it('describes the table as AWS does', async () => {
    const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    expect(Table).toMatchObject({
      TableName: table.name,
      TableStatus: 'ACTIVE',
      TableArn: expect.stringMatching(/^arn:aws:dynamodb:.*:\d{12}:table\//) as unknown as string,
      TableId: expect.any(String) as unknown as string,
      CreationDateTime: expect.any(Date) as unknown as Date,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      DeletionProtectionEnabled: false,
      GlobalSecondaryIndexes: [{ IndexName: 'by-kind', IndexStatus: 'ACTIVE' }],
    });
  });

  it('refuses a second table of the same name and leaves the first as it was', async () => {
    const again = new CreateTableCommand({
      TableName: table.name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    await expect(table.client.send(again)).rejects.toEqual(failsAs('ResourceInUseException', table.name));
  });

  it('fails with ResourceNotFoundException for a table that is not there', async () => {
    const command = new GetCommand({ TableName: 'no-such-table', Key: { pk: 'x' } });
    await expect(table.documents.send(command)).rejects.toEqual(
      failsAs('ResourceNotFoundException', 'Requested resource not found'),
    );
    await expect(table.client.send(new DescribeTableCommand({ TableName: 'no-such-table' }))).rejects.toEqual(
      failsAs('ResourceNotFoundException', 'Table: no-such-table not found'),
    );
  });

  it('lists the table', async () => {
    const names: string[] = [];
    for await (const page of paginateListTables({ client: table.client, pageSize: 1 }, {})) {
      names.push(...(page.TableNames ?? []));
    }
    expect(names).toContain(table.name);
  });

  it('keeps tags', async () => {
    const { Table } = await table.client.send(new DescribeTableCommand({ TableName: table.name }));
    const ResourceArn = Table!.TableArn!;
    await table.client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'more', Value: '1' }] }));
    await table.client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team'] }));
    const { Tags } = await table.client.send(new ListTagsOfResourceCommand({ ResourceArn }));
    expect(Tags).toEqual([{ Key: 'more', Value: '1' }]);
  });

  it('turns time to live on, once', async () => {
    const describeIt = new DescribeTimeToLiveCommand({ TableName: table.name });
    expect((await table.client.send(describeIt)).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'DISABLED',
    });
    const turnOn = new UpdateTimeToLiveCommand({
      TableName: table.name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    });
    const { TimeToLiveSpecification } = await table.client.send(turnOn);
    expect(TimeToLiveSpecification).toEqual({ Enabled: true, AttributeName: 'expires' });
    await expect(table.client.send(turnOn)).rejects.toEqual(failsAs('ValidationException'));
    const { TimeToLiveDescription } = await table.client.send(describeIt);
    expect(TimeToLiveDescription?.AttributeName).toBe('expires');
  });

  it('turns point-in-time recovery on', async () => {
    await table.client.send(
      new UpdateContinuousBackupsCommand({
        TableName: table.name,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    const { ContinuousBackupsDescription } = await table.client.send(
      new DescribeContinuousBackupsCommand({ TableName: table.name }),
    );
    expect(ContinuousBackupsDescription).toMatchObject({
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    });
  });

  it('is not deleted while it is protected', async () => {
    const protect = (DeletionProtectionEnabled: boolean) =>
      table.client.send(new UpdateTableCommand({ TableName: table.name, DeletionProtectionEnabled }));
    await protect(true);
    await waitUntilTableExists({ client: table.client, ...WAIT }, { TableName: table.name });
    await expect(table.client.send(new DeleteTableCommand({ TableName: table.name }))).rejects.toEqual(
      failsAs('ValidationException', 'protected against deletion'),
    );
    await protect(false);
    await waitUntilTableExists({ client: table.client, ...WAIT }, { TableName: table.name });
  });
};
