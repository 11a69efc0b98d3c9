import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { eventually, type SqsScenario } from './sqs-conformance-scenario.ts';

/** Queues as such: creation, lookup, attributes, tags, removal. */
export const queueTests = (scenario: SqsScenario): void => {
  const { client, create, send, attributes, arnOf } = scenario;

  it('returns the same queue when it is created again with equal attributes', async () => {
    const url = await create({ VisibilityTimeout: '45' });
    const QueueName = url.split('/').pop()!;
    for (const Attributes of [{ VisibilityTimeout: '45' }, {} as Record<string, string>])
      expect(await client().send(new CreateQueueCommand({ QueueName, Attributes }))).toMatchObject({
        QueueUrl: url,
      });
  });

  it('refuses to create a queue whose attributes differ from the present one', async () => {
    const QueueName = (await create({ VisibilityTimeout: '45' })).split('/').pop()!;
    const again = client().send(
      new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '46' } }),
    );
    await expect(again).rejects.toMatchObject({
      name: 'QueueNameExists',
      Error: { Code: 'QueueAlreadyExists' },
    });
  });

  it('finds a queue by name and lists it by prefix', async () => {
    const url = await create();
    const QueueName = url.split('/').pop()!;
    expect(await client().send(new GetQueueUrlCommand({ QueueName }))).toMatchObject({
      QueueUrl: url,
    });
    const { QueueUrls } = await client().send(new ListQueuesCommand({ QueueNamePrefix: QueueName }));
    expect(QueueUrls).toEqual([url]);
  });

  it('reports an absent queue under its new and its old name', async () => {
    const lookup = client().send(new GetQueueUrlCommand({ QueueName: `absent-${randomUUID()}` }));
    await expect(lookup).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      Error: { Code: 'AWS.SimpleQueueService.NonExistentQueue' },
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('sets attributes and shows them with the computed ones', async () => {
    const QueueUrl = await create();
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await client().send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { DelaySeconds: '1', Policy } }),
    );
    const all = await attributes(QueueUrl, 'All');
    expect(all).toMatchObject({
      DelaySeconds: '1',
      Policy,
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '345600',
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      ApproximateNumberOfMessagesDelayed: '0',
    });
    expect(all.QueueArn).toMatch(/^arn:aws:sqs:/);
    expect(Object.keys(await attributes(QueueUrl, 'DelaySeconds'))).toEqual(['DelaySeconds']);
  });

  it.each([
    ['an unknown attribute', { Colour: 'red' }, 'InvalidAttributeName'],
    ['a value out of range', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
  ])('refuses %s', async (_what, Attributes: Record<string, string>, error) => {
    const QueueUrl = await create();
    const change = client().send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    await expect(change).rejects.toMatchObject({ name: error });
  });

  it('refuses a redrive policy whose target is absent', async () => {
    const deadLetterTargetArn = (await arnOf(await create())).replace(/[^:]+$/, 'absent');
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    await expect(create({ RedrivePolicy })).rejects.toMatchObject({
      Error: { Code: 'InvalidParameterValue' },
    });
  });

  it('keeps tags', async () => {
    const QueueUrl = await create();
    await client().send(new TagQueueCommand({ QueueUrl, Tags: { team: 'a', stage: 'b' } }));
    await client().send(new UntagQueueCommand({ QueueUrl, TagKeys: ['stage'] }));
    expect((await client().send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({
      team: 'a',
    });
  });

  it('purges a queue once a minute', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'one');
    await client().send(new PurgeQueueCommand({ QueueUrl }));
    await eventually(async () => (await attributes(QueueUrl, 'All')).ApproximateNumberOfMessages === '0');
    const again = client().send(new PurgeQueueCommand({ QueueUrl }));
    await expect(again).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
  });

  it('forgets a deleted queue', async () => {
    const QueueUrl = await create();
    await client().send(new DeleteQueueCommand({ QueueUrl }));
    await eventually(() =>
      send(QueueUrl, 'x').then(
        () => false,
        (error: unknown) => (error as Error).name === 'QueueDoesNotExist',
      ),
    );
  });
};
