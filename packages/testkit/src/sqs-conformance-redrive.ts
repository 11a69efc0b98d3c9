import {
  DeleteMessageCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { eventually, type SqsScenario } from './sqs-conformance-scenario.ts';

/** Dead-letter queues, moving messages back, and FIFO order. */
export const redriveTests = (scenario: SqsScenario): void => {
  const { client, create, send, receive, arnOf, withDeadLetters } = scenario;

  it('moves a message to the dead-letter queue after maxReceiveCount receives', async () => {
    const { queue, deadLetters } = await withDeadLetters(2);
    const { MessageId } = await send(queue, 'poison');
    expect(await receive(queue)).toHaveLength(1);
    expect(await receive(queue)).toHaveLength(1);
    expect(await receive(queue)).toEqual([]);
    const [dead] = await receive(deadLetters, { WaitTimeSeconds: 5, MessageSystemAttributeNames: ['All'] });
    expect(dead).toMatchObject({ MessageId, Body: 'poison' });
    expect(dead?.Attributes?.DeadLetterQueueSourceArn).toBe(await arnOf(queue));
  });

  it('lists the sources of a dead-letter queue and moves its messages back', async () => {
    const { queue, deadLetters } = await withDeadLetters(1);
    const sources = await client().send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadLetters }));
    expect(sources.queueUrls).toEqual([queue]);
    await send(queue, 'poison');
    await receive(queue);
    await receive(queue);
    const SourceArn = await arnOf(deadLetters);
    await client().send(new StartMessageMoveTaskCommand({ SourceArn }));
    await eventually(async () => {
      const { Results } = await client().send(new ListMessageMoveTasksCommand({ SourceArn }));
      return Results?.[0]?.Status === 'COMPLETED' && Results[0].ApproximateNumberOfMessagesMoved === 1;
    });
    expect((await receive(queue, { WaitTimeSeconds: 5 }))[0]?.Body).toBe('poison');
  });

  it('refuses to move messages out of a queue that is no dead-letter queue', async () => {
    const SourceArn = await arnOf(await create());
    const start = client().send(new StartMessageMoveTaskCommand({ SourceArn }));
    await expect(start).rejects.toMatchObject({ Error: { Code: 'InvalidParameterValue' } });
  });

  it('keeps the order of a FIFO group and blocks the group while a message is in flight', async () => {
    const QueueUrl = await create({ FifoQueue: 'true', ContentBasedDeduplication: 'true' }, '.fifo');
    for (const [MessageGroupId, MessageBody] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ])
      await client().send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));
    const [first] = await receive(QueueUrl);
    const [second] = await receive(QueueUrl);
    expect([first?.Body, second?.Body]).toEqual(['a1', 'b1']);
    expect(await receive(QueueUrl)).toEqual([]);
    await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first!.ReceiptHandle! }));
    expect((await receive(QueueUrl))[0]?.Body).toBe('a2');
  });

  it('accepts a FIFO duplicate but delivers it once', async () => {
    const QueueUrl = await create({ FifoQueue: 'true' }, '.fifo');
    const message = { QueueUrl, MessageBody: 'x', MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const first = await client().send(new SendMessageCommand(message));
    const second = await client().send(new SendMessageCommand({ ...message, MessageBody: 'y' }));
    expect(second.MessageId).toBe(first.MessageId);
    expect(await receive(QueueUrl, { MaxNumberOfMessages: 10 })).toHaveLength(1);
  });

  it('demands a group and a deduplication id on a FIFO queue', async () => {
    const QueueUrl = await create({ FifoQueue: 'true' }, '.fifo');
    await expect(send(QueueUrl, 'x')).rejects.toMatchObject({ Error: { Code: 'MissingParameter' } });
    const withoutId = new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' });
    await expect(client().send(withoutId)).rejects.toMatchObject({
      Error: { Code: 'InvalidParameterValue' },
    });
  });
};
