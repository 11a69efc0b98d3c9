import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
  UpdateEventBusCommand,
} from '@aws-sdk/client-eventbridge';
import { expect, it } from '@jest/globals';
import type { EventBridgeScenario } from './eventbridge-conformance-scenario.ts';

const EventPattern = JSON.stringify({ source: ['conformance'] });

const busTests = ({ events, unique, createBus, createRule }: EventBridgeScenario): void => {
  it('always has a default bus', async () => {
    const bus = await events().send(new DescribeEventBusCommand({}));
    expect(bus).toMatchObject({ Name: 'default', Arn: expect.stringMatching(/:event-bus\/default$/) });
    await expect(events().send(new DeleteEventBusCommand({ Name: 'default' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('creates, describes, updates, lists and deletes a bus', async () => {
    const { name, arn } = await createBus();
    expect(arn.endsWith(`:event-bus/${name}`)).toBe(true);
    await events().send(new UpdateEventBusCommand({ Name: name, Description: 'new' }));
    expect(await events().send(new DescribeEventBusCommand({ Name: arn }))).toMatchObject({
      Name: name,
      Description: 'new',
    });
    const { EventBuses } = await events().send(new ListEventBusesCommand({ NamePrefix: name }));
    expect(EventBuses).toMatchObject([{ Name: name, Arn: arn }]);
    await events().send(new DeleteEventBusCommand({ Name: name }));
    await expect(events().send(new DescribeEventBusCommand({ Name: name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses a second bus of one name', async () => {
    const { name } = await createBus();
    await expect(events().send(new CreateEventBusCommand({ Name: name }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
  });

  it('keeps tags of buses and rules', async () => {
    const { name, arn } = await createBus();
    const ruleArn = await createRule({
      Name: unique(),
      EventBusName: name,
      EventPattern,
      Tags: [{ Key: 'a', Value: '1' }],
    });
    await events().send(new TagResourceCommand({ ResourceARN: ruleArn, Tags: [{ Key: 'b', Value: '2' }] }));
    await events().send(new UntagResourceCommand({ ResourceARN: ruleArn, TagKeys: ['a'] }));
    const tags = async (ResourceARN: string) =>
      (await events().send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
    expect(await tags(ruleArn)).toEqual([{ Key: 'b', Value: '2' }]);
    expect(await tags(arn)).toEqual([]);
  });
};

const targetTests = ({ events, unique, createRule, createQueue }: EventBridgeScenario): void => {
  it('puts, replaces, lists and removes targets', async () => {
    const Rule = unique();
    await createRule({ Name: Rule, EventPattern });
    const { arn: Arn } = await createQueue();
    const first = { Id: 'one', Arn, RetryPolicy: { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 } };
    for (const Targets of [[first, { Id: 'two', Arn }], [{ Id: 'two', Arn, Input: '{"a":1}' }]])
      expect(await events().send(new PutTargetsCommand({ Rule, Targets }))).toMatchObject({
        FailedEntryCount: 0,
      });
    const { Targets } = await events().send(new ListTargetsByRuleCommand({ Rule }));
    expect(Targets).toEqual([first, { Id: 'two', Arn, Input: '{"a":1}' }]);
    const { RuleNames } = await events().send(new ListRuleNamesByTargetCommand({ TargetArn: Arn }));
    expect(RuleNames).toEqual([Rule]);
    await events().send(new RemoveTargetsCommand({ Rule, Ids: ['one', 'two'] }));
    expect((await events().send(new ListTargetsByRuleCommand({ Rule }))).Targets).toEqual([]);
  });

  it('allows a rule five targets', async () => {
    const Rule = unique();
    await createRule({ Name: Rule, EventPattern });
    const { arn: Arn } = await createQueue();
    const Targets = Array.from({ length: 6 }, (_, index) => ({ Id: `t${index}`, Arn }));
    await expect(events().send(new PutTargetsCommand({ Rule, Targets }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });

  it('keeps a rule that still has targets', async () => {
    const Name = unique();
    await createRule({ Name, EventPattern }, { Id: 'one', Arn: (await createQueue()).arn });
    await expect(events().send(new DeleteRuleCommand({ Name }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it.each([
    ['an ARN that is none', { Arn: 'queue' }],
    ['an input that is no JSON', { Input: 'text' }],
    ['two kinds of input', { Input: '{}', InputPath: '$.detail' }],
    ['too many retries', { RetryPolicy: { MaximumRetryAttempts: 186 } }],
  ])('refuses a target with %s', async (_what, target) => {
    const Rule = unique();
    await createRule({ Name: Rule, EventPattern });
    const { arn: Arn } = await createQueue();
    const put = events().send(new PutTargetsCommand({ Rule, Targets: [{ Id: 'one', Arn, ...target }] }));
    await expect(put).rejects.toMatchObject({ name: 'ValidationException' });
  });
};

/** Buses, rules, targets and tags as such. */
export const ruleTests = (scenario: EventBridgeScenario): void => {
  const { events, unique, createBus, createRule } = scenario;
  busTests(scenario);

  it('names the bus in the ARN of a rule, unless it is the default one', async () => {
    const { name } = await createBus();
    const Name = unique();
    expect(await createRule({ Name, EventBusName: name, EventPattern })).toMatch(
      new RegExp(`:rule/${name}/${Name}$`),
    );
    expect(await createRule({ Name, EventPattern })).toMatch(new RegExp(`:rule/${Name}$`));
  });

  it('describes, disables, enables and lists a rule', async () => {
    const { name: EventBusName } = await createBus();
    const place = { Name: unique(), EventBusName };
    await createRule({ ...place, EventPattern, Description: 'mine' });
    const state = async () => (await events().send(new DescribeRuleCommand(place))).State;
    expect(await events().send(new DescribeRuleCommand(place))).toMatchObject({
      ...place,
      EventPattern,
      Description: 'mine',
      State: 'ENABLED',
    });
    await events().send(new DisableRuleCommand(place));
    expect(await state()).toBe('DISABLED');
    await events().send(new EnableRuleCommand(place));
    expect(await state()).toBe('ENABLED');
    const { Rules } = await events().send(new ListRulesCommand({ EventBusName }));
    expect(Rules?.map(({ Name }) => Name)).toEqual([place.Name]);
  });

  it.each([
    ['neither pattern nor schedule', {}, 'ValidationException'],
    ['a pattern that is none', { EventPattern: '{"source":"x"}' }, 'InvalidEventPatternException'],
    ['a schedule that is none', { ScheduleExpression: 'rate(2 minute)' }, 'ValidationException'],
    ['a bus that is absent', { EventPattern, EventBusName: 'absent' }, 'ResourceNotFoundException'],
  ])('refuses a rule with %s', async (_what, input, error) => {
    await expect(events().send(new PutRuleCommand({ Name: unique(), ...input }))).rejects.toMatchObject({
      name: error,
    });
  });

  it('takes schedules on the default bus only', async () => {
    const { name: EventBusName } = await createBus();
    const ScheduleExpression = 'rate(1 hour)';
    await createRule({ Name: unique(), ScheduleExpression, State: 'DISABLED' });
    await expect(
      events().send(new PutRuleCommand({ Name: unique(), EventBusName, ScheduleExpression })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('reports an absent rule', async () => {
    await expect(events().send(new DescribeRuleCommand({ Name: unique() }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('tests a pattern against an event', async () => {
    const Event = JSON.stringify({
      id: '1',
      account: '000000000000',
      source: 'conformance',
      'detail-type': 'test',
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [],
      detail: {},
    });
    const test = (pattern: object) =>
      events().send(new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event }));
    expect((await test({ source: [{ prefix: 'conf' }] })).Result).toBe(true);
    expect((await test({ source: ['other'] })).Result).toBe(false);
    await expect(test({ source: [{ like: 'x' }] })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
  });

  targetTests(scenario);
};
