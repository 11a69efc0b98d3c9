import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect, it } from '@jest/globals';
import type { EventBridgeScenario } from './eventbridge-conformance-scenario.ts';

/** What PutEvents accepts, refuses, and makes of its entries. */
export const eventTests = ({
  events,
  unique,
  put,
  createBus,
  createQueue,
  createRule,
  takeEvents,
}: EventBridgeScenario): void => {
  it('delivers an event in full', async () => {
    const queue = await createQueue();
    const Source = unique();
    await createRule(
      { Name: unique(), EventPattern: JSON.stringify({ source: [Source] }) },
      { Id: 'q', Arn: queue.arn },
    );
    const Resources = ['arn:aws:s3:::bucket'];
    const { Entries, FailedEntryCount } = await put({
      Source,
      DetailType: 'Order Placed',
      Detail: '{"id":7,"items":[{"name":"ü"}]}',
      Time: new Date('2026-01-31T10:00:00.900Z'),
      Resources,
    });
    expect(FailedEntryCount).toBe(0);
    const [event] = await takeEvents(queue, 1);
    expect(event).toEqual({
      version: '0',
      id: Entries![0]!.EventId,
      'detail-type': 'Order Placed',
      source: Source,
      account: expect.stringMatching(/^\d{12}$/),
      time: '2026-01-31T10:00:00Z',
      region: expect.any(String),
      resources: Resources,
      detail: { id: 7, items: [{ name: 'ü' }] },
    });
  });

  it('reports the entries that are wrong and accepts the others', async () => {
    const entry = { Source: 'conformance', DetailType: 'test', Detail: '{}' };
    const { Entries, FailedEntryCount } = await events().send(
      new PutEventsCommand({
        Entries: [
          entry,
          { ...entry, Source: undefined },
          { ...entry, DetailType: undefined },
          { ...entry, Detail: undefined },
          { ...entry, Detail: '{' },
          { ...entry, Detail: '[1]' },
          { ...entry, Source: 'aws.s3' },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(6);
    expect(Entries?.[0]?.EventId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'InvalidArgument',
      'InvalidArgument',
      'InvalidArgument',
      'MalformedDetail',
      'MalformedDetail',
      'NotAuthorizedForSourceException',
    ]);
  });

  it.each([
    ['no entry', 0, 2],
    ['eleven entries', 11, 2],
    ['more than 1 MiB', 2, 600_000],
  ])('refuses a request with %s', async (_what, count, length) => {
    const Detail = JSON.stringify({ text: 'x'.repeat(length) });
    const Entries = Array.from({ length: count }, () => ({
      Source: 'conformance',
      DetailType: 'test',
      Detail,
    }));
    await expect(events().send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('accepts an event for an absent bus, which reaches nobody', async () => {
    expect(await put({ EventBusName: unique() })).toMatchObject({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.any(String) }],
    });
  });

  it('keeps the events of one bus from the rules of another', async () => {
    const bus = await createBus();
    const [here, there] = [await createQueue(), await createQueue()];
    const Source = unique();
    const EventPattern = JSON.stringify({ source: [Source] });
    await createRule({ Name: unique(), EventBusName: bus.name, EventPattern }, { Id: 'q', Arn: here.arn });
    await createRule({ Name: unique(), EventPattern }, { Id: 'q', Arn: there.arn });
    await put({ Source, EventBusName: bus.arn, Detail: '{"n":1}' });
    await put({ Source, Detail: '{"n":2}' });
    expect(await takeEvents(here, 1)).toMatchObject([{ detail: { n: 1 } }]);
    expect(await takeEvents(there, 1)).toMatchObject([{ detail: { n: 2 } }]);
  });
};
