import { DisableRuleCommand, type Target } from '@aws-sdk/client-eventbridge';
import { expect, it } from '@jest/globals';
import type { EventBridgeScenario, TestQueue } from './eventbridge-conformance-scenario.ts';

/** What reaches the targets of a rule, and what becomes of that which does not. */
export const deliveryTests = (scenario: EventBridgeScenario): void => {
  const { events, unique, put, createBus, createQueue, createRule, take, takeEvents } = scenario;
  const patternOf = (Source: string) => JSON.stringify({ source: [Source] });

  /** A rule for one source whose only target is a queue with `options`. */
  const route = async (options: Partial<Target> = {}) => {
    const queue: TestQueue = await createQueue();
    const Source = unique();
    const Name = unique();
    const ruleArn = await createRule(
      { Name, EventPattern: patternOf(Source) },
      { Id: 'q', Arn: queue.arn, ...options },
    );
    return { queue, Source, Name, ruleArn };
  };

  it('delivers to every target of every rule that matches', async () => {
    const [one, two, three] = [await createQueue(), await createQueue(), await createQueue()];
    const Source = unique();
    const targets = [one, two].map(({ arn: Arn }, index) => ({ Id: `q${index}`, Arn }));
    await createRule({ Name: unique(), EventPattern: patternOf(Source) }, ...targets);
    await createRule({ Name: unique(), EventPattern: patternOf(Source) }, { Id: 'q', Arn: three.arn });
    const { Entries } = await put({ Source });
    for (const queue of [one, two, three])
      expect(await takeEvents(queue, 1)).toMatchObject([{ id: Entries![0]!.EventId }]);
  });

  it('delivers nothing for a disabled rule or another pattern', async () => {
    const { queue, Source, Name } = await route();
    await put({ Source: unique() });
    await put({ Source, Detail: '{"n":1}' });
    expect(await takeEvents(queue, 1)).toMatchObject([{ detail: { n: 1 } }]);
    await events().send(new DisableRuleCommand({ Name }));
    await put({ Source });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await takeEvents(queue, 0)).toEqual([]);
  });

  it.each([
    ['a constant', { Input: '{"fixed":true}' }, '{"fixed":true}'],
    ['a part of the event', { InputPath: '$.detail.items[1]' }, '{"name":"b"}'],
    [
      'a filled JSON template',
      {
        InputTransformer: {
          InputPathsMap: {
            id: '$.detail.id',
            text: '$.detail.text',
            items: '$.detail.items',
            type: '$.detail-type',
          },
          InputTemplate: '{"id":<id>,"text":<text>,"items":<items>,"line":"<type>: <text>"}',
        },
      },
      JSON.stringify({
        id: 7,
        text: 'say "hi"',
        items: [{ name: 'a' }, { name: 'b' }],
        line: 'test: say "hi"',
      }),
    ],
    [
      'a filled text template',
      { InputTransformer: { InputPathsMap: { id: '$.detail.id' }, InputTemplate: '"Number <id> has come"' } },
      '"Number 7 has come"',
    ],
  ])('gives the target %s', async (_what, options, expected) => {
    const { queue, Source } = await route(options);
    await put({
      Source,
      Detail: JSON.stringify({ id: 7, text: 'say "hi"', items: [{ name: 'a' }, { name: 'b' }] }),
    });
    const [message] = await take(queue, 1);
    expect(JSON.parse(message!.Body!)).toEqual(JSON.parse(expected));
  });

  it('fills in the rule and the event itself', async () => {
    const { queue, Source, Name, ruleArn } = await route({
      InputTransformer: {
        InputTemplate:
          '{"name":<aws.events.rule-name>,"arn":<aws.events.rule-arn>,"at":<aws.events.event.ingestion-time>,"event":<aws.events.event.json>}',
      },
    });
    await put({ Source, Detail: '{"n":1}' });
    const [body] = await takeEvents(queue, 1);
    expect(body).toMatchObject({ name: Name, arn: ruleArn, event: { source: Source, detail: { n: 1 } } });
    expect(Date.parse(String(body?.at))).not.toBeNaN();
  });

  it('hands the trace header on', async () => {
    const { queue, Source } = await route();
    const TraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
    await put({ Source, TraceHeader });
    const [message] = await take(queue, 1);
    expect(message?.Attributes?.AWSTraceHeader).toBe(TraceHeader);
  });

  it('forwards from bus to bus without changing the event', async () => {
    const bus = await createBus();
    const queue = await createQueue();
    const Source = unique();
    await createRule({ Name: unique(), EventPattern: patternOf(Source) }, { Id: 'bus', Arn: bus.arn });
    await createRule(
      { Name: unique(), EventBusName: bus.name, EventPattern: patternOf(Source) },
      { Id: 'q', Arn: queue.arn },
    );
    const { Entries } = await put({ Source });
    expect(await takeEvents(queue, 1)).toMatchObject([{ id: Entries![0]!.EventId, source: Source }]);
  });

  it('sends what cannot be delivered to the dead-letter queue, with the reason', async () => {
    const deadLetters = await createQueue();
    const absent = deadLetters.arn.replace(/[^:]+$/, unique());
    const { Source, ruleArn } = await route({ Arn: absent, DeadLetterConfig: { Arn: deadLetters.arn } });
    await put({ Source, Detail: '{"n":1}' });
    const [message] = await take(deadLetters, 1);
    expect(JSON.parse(message!.Body!)).toMatchObject({ source: Source, detail: { n: 1 } });
    expect(message?.MessageAttributes).toMatchObject({
      RULE_ARN: { DataType: 'String', StringValue: ruleArn },
      TARGET_ARN: { StringValue: absent },
      ERROR_CODE: { StringValue: expect.any(String) },
      ERROR_MESSAGE: { StringValue: expect.any(String) },
    });
  });
};
