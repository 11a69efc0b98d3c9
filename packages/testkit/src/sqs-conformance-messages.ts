import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from '@jest/globals';
import { eventually, md5, type SqsScenario } from './sqs-conformance-scenario.ts';

/** Sending, receiving and acknowledging, one by one and in batches. */
export const messageTests = (scenario: SqsScenario): void => {
  const { client, create, send, receive, attributes } = scenario;

  it('carries body, attributes and their digests unchanged', async () => {
    const QueueUrl = await create();
    const body = 'Grüße, 世界 🌍\n"quoted"';
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ü' },
      number: { DataType: 'Number.int', StringValue: '7' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 1, 255]) },
    };
    const sent = await client().send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }),
    );
    expect(sent.MD5OfMessageBody).toBe(md5(body));
    const [message] = await receive(QueueUrl, {
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
    });
    expect(message).toMatchObject({ Body: body, MD5OfBody: md5(body), MessageId: sent.MessageId });
    expect(message?.MessageAttributes).toEqual(MessageAttributes);
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
    expect(Number(message?.Attributes?.SentTimestamp)).toBeGreaterThan(1_600_000_000_000);
  });

  it('digests message attributes exactly as AWS does', async () => {
    const QueueUrl = await create();
    const sent = await client().send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'x',
        MessageAttributes: { attr: { DataType: 'String', StringValue: 'value' } },
      }),
    );
    const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const bytes = Buffer.concat([field('attr'), field('String'), Buffer.from([1]), field('value')]);
    expect(sent.MD5OfMessageAttributes).toBe(createHash('md5').update(bytes).digest('hex'));
  });

  it('returns only the attributes asked for', async () => {
    const QueueUrl = await create();
    const MessageAttributes = Object.fromEntries(
      ['app.one', 'app.two', 'other'].map((key) => [key, { DataType: 'String', StringValue: key }]),
    );
    await client().send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageAttributes }));
    const [first] = await receive(QueueUrl, { VisibilityTimeout: 0 });
    expect(first?.MessageAttributes).toBeUndefined();
    expect(first?.Attributes).toBeUndefined();
    const [second] = await receive(QueueUrl, { MessageAttributeNames: ['app.*'] });
    expect(Object.keys(second?.MessageAttributes ?? {}).sort()).toEqual(['app.one', 'app.two']);
  });

  it.each([
    ['an empty body', '', 'MissingParameter'],
    ['a character outside XML', 'a\u0000b', 'InvalidMessageContents'],
    ['more than 1 MiB', 'x'.repeat(1_048_577), 'InvalidParameterValue'],
  ])('refuses %s', async (_what, MessageBody, code) => {
    const QueueUrl = await create();
    await expect(send(QueueUrl, MessageBody)).rejects.toMatchObject({ Error: { Code: code } });
  });

  it('accepts exactly 1 MiB', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'x'.repeat(1_048_576));
    const [message] = await receive(QueueUrl);
    expect(message?.Body).toHaveLength(1_048_576);
  });

  it('hides a received message and counts it as in flight until it is deleted', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'one');
    const [message] = await receive(QueueUrl);
    expect(await receive(QueueUrl)).toEqual([]);
    expect(await attributes(QueueUrl, 'All')).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message!.ReceiptHandle! }));
    expect(await attributes(QueueUrl, 'All')).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '0' });
  });

  it('shows a message again when its visibility timeout is over, with a higher receive count', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'one');
    await receive(QueueUrl, { VisibilityTimeout: 1 });
    const [again] = await receive(QueueUrl, {
      WaitTimeSeconds: 5,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    });
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it('ignores a delete by the receipt handle of an earlier receive', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'one');
    const [old] = await receive(QueueUrl, { VisibilityTimeout: 0 });
    const [current] = await receive(QueueUrl, { VisibilityTimeout: 0 });
    await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: old!.ReceiptHandle! }));
    expect(await attributes(QueueUrl, 'All')).toMatchObject({ ApproximateNumberOfMessages: '1' });
    await client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: current!.ReceiptHandle! }));
    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('refuses a receipt handle that never was one', async () => {
    const QueueUrl = await create();
    const attempt = client().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' }));
    await expect(attempt).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  it('changes the visibility of a message in flight, and only of such', async () => {
    const QueueUrl = await create();
    await send(QueueUrl, 'one');
    const [message] = await receive(QueueUrl);
    const show = new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message!.ReceiptHandle!,
      VisibilityTimeout: 0,
    });
    await client().send(show);
    await expect(client().send(show)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    expect(await receive(QueueUrl)).toHaveLength(1);
  });

  it('answers a long poll as soon as a message arrives', async () => {
    const QueueUrl = await create();
    const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await send(QueueUrl, 'late');
    expect((await poll)[0]?.Body).toBe('late');
  });

  it('holds a delayed message back', async () => {
    const QueueUrl = await create();
    await client().send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 1 }));
    expect(await receive(QueueUrl)).toEqual([]);
    expect(await attributes(QueueUrl, 'All')).toMatchObject({ ApproximateNumberOfMessagesDelayed: '1' });
    expect(await receive(QueueUrl, { WaitTimeSeconds: 5 })).toHaveLength(1);
  });

  it.each([
    ['MaxNumberOfMessages', 11],
    ['WaitTimeSeconds', 21],
    ['VisibilityTimeout', 43_201],
  ])('refuses a receive with %s of %d', async (parameter, value) => {
    const QueueUrl = await create();
    await expect(receive(QueueUrl, { [parameter]: value })).rejects.toMatchObject({
      Error: { Code: 'InvalidParameterValue' },
    });
  });

  it('sends, hides and deletes in batches and reports the entries that fail', async () => {
    const QueueUrl = await create();
    const Entries = Array.from({ length: 10 }, (_, index) => ({
      Id: `e${index}`,
      MessageBody: `m${index}`,
    }));
    const sent = await client().send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [...Entries.slice(0, 9), { Id: 'bad', MessageBody: '' }],
      }),
    );
    expect(sent.Successful).toHaveLength(9);
    expect(sent.Failed).toMatchObject([{ Id: 'bad', SenderFault: true }]);
    const handles = new Set<string>();
    await eventually(async () => {
      for (const message of await receive(QueueUrl, { MaxNumberOfMessages: 10 }))
        handles.add(message.ReceiptHandle!);
      return handles.size === 9;
    });
    const receipts = [...handles].map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
    const hidden = await client().send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: receipts.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
      }),
    );
    expect(hidden.Successful).toHaveLength(9);
    const deleted = await client().send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [...receipts, { Id: 'bad', ReceiptHandle: 'nonsense' }],
      }),
    );
    expect(deleted.Successful).toHaveLength(9);
    expect(deleted.Failed).toMatchObject([{ Id: 'bad', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
  });

  it.each([
    ['no entry', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, (_, id) => String(id)), 'TooManyEntriesInBatchRequest'],
    ['the same id twice', ['a', 'a'], 'BatchEntryIdsNotDistinct'],
    ['a malformed id', ['a b'], 'InvalidBatchEntryId'],
  ])('refuses a batch with %s', async (_what, ids, error) => {
    const QueueUrl = await create();
    const Entries = ids.map((Id) => ({ Id, MessageBody: 'x' }));
    await expect(client().send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: error,
      Error: { Code: `AWS.SimpleQueueService.${error}` },
    });
  });

  it('refuses a batch of more than 1 MiB', async () => {
    const QueueUrl = await create();
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: 'x'.repeat(600_000) }));
    await expect(client().send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: 'BatchRequestTooLong',
    });
  });
};
